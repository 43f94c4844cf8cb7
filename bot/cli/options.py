"""Options that several commands have."""

import click

log_format = click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default=None,
    help="How the log is written to standard error; otherwise as CARDWISE_LOG_FORMAT says.",
)
