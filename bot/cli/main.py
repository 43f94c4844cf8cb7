"""`cardwise`: the commands, and how mistakes are told: one line, exit 1 for a mistake, 2 for wrong usage."""

import importlib
import logging
import os
import sys

import click

from bot.cli.errors import Mistake

# Where each command lives. Modules are imported when their command is used: most need no model and start at once.
_COMMANDS = {
    "run": "bot.cli.run:run",
    "chat": "bot.cli.chat:chat",
    "train": "bot.cli.nlu:train",
    "parse": "bot.cli.nlu:parse",
    "evaluate": "bot.cli.nlu:evaluate",
    "check-ad": "bot.cli.adverts:check_ad",
    "content": "bot.cli.content:content",
    "school": "bot.cli.people:school",
    "invite": "bot.cli.people:invite",
    "people": "bot.cli.people:people",
    "campaign": "bot.cli.campaigns:campaign",
    "questions": "bot.cli.questions:questions",
    "audit": "bot.cli.people:audit",
    "export": "bot.cli.own_data:export",
    "forget": "bot.cli.own_data:forget",
    "db": "bot.cli.db:db",
    "key": "bot.cli.key:key",
    "nlu": "bot.cli.nlu_server:nlu",
    "doctor": "bot.cli.doctor:doctor",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cardwise", prog_name="cardwise")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Cardwise keeps students from becoming accomplices: law, real cases and the next step, on Telegram."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> None:
    """Run the command line and exit as design says."""
    if not sys.warnoptions:
        # Libraries of Rasa's age warn about their own future; that is for us, not for whoever runs the bot.
        logging.captureWarnings(True)
        logging.getLogger("py.warnings").setLevel(logging.ERROR)
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    try:
        cli.main(arguments, standalone_mode=False, prog_name="cardwise")
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        return _no_command(error.ctx)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "cardwise"
        message = " ".join(error.format_message().split())
        click.echo(f"{command}: {message} (see `{command} --help`)", err=True)
        return 2
    except Mistake as mistake:
        click.echo("\n".join(mistake.lines), err=True)
        return 1
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # Whoever read our output has closed it, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 0


def _no_command(ctx: click.Context | None) -> int:
    """A group without a command, in one line that names its commands."""
    if ctx is not None and isinstance(ctx.command, click.Group):
        names = ", ".join(ctx.command.list_commands(ctx))
        click.echo(f"{ctx.command_path}: name a command: {names} (see `{ctx.command_path} --help`)", err=True)
    return 2


if __name__ == "__main__":
    main()
