"""A report as one message in the chat, with a picture."""

from collections.abc import Iterator

from bot.campaigns.progress import counts
from bot.campaigns.report import Report, Share
from bot.campaigns.report_pages import as_picture
from bot.replies import Reply
from content.library import Library
from content.schema import Language


def report_message(library: Library, report: Report, language: Language) -> Reply:
    """What a campaign did, in words and one picture; with fewer than five recipients only that."""
    title = report.title[language]
    if report.planned is None:
        lines = library.text("campaign_few", language)
        return Reply(library.text("campaign_report", language, title=title, lines=lines), language=language)
    lines = "\n".join(_Lines(library, language).all(report))
    text = library.text("campaign_report", language, title=title, lines=lines)
    return Reply(text, picture=as_picture(report), language=language)


class _Lines:
    def __init__(self, library: Library, language: Language) -> None:
        self._library = library
        self._language = language

    def all(self, report: Report) -> Iterator[str]:
        yield counts(self._library, report.tally, self._language)
        for number, (label, share) in enumerate(report.buttons, 1):
            shown = self._share(share)
            yield self._text("campaign_report_button", number=number, label=label[self._language], shown=shown)
        for number, question in enumerate(report.questions, 1):
            yield self._text("campaign_report_question", number=number, shown=self._share(question.after))
            if question.gain is not None:
                gain, low, high = (f"{100 * value:+.0f}" for value in question.gain)
                yield self._text("campaign_report_gain", number=number, gain=gain, low=low, high=high)
        yield self._text("campaign_report_left", shown=self._share(report.opted_out_after))

    def _share(self, share: Share | None) -> str:
        if share is None:
            return self._text("campaign_report_few")
        percent = f"{share.count / share.total:.0%}"
        return self._text("campaign_report_share", percent=percent, count=share.count, total=share.total)

    def _text(self, key: str, **places: object) -> str:
        return self._library.text(key, self._language, **places)
