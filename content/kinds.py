"""The kinds of content that have a folder of their own, one file each."""

from dataclasses import dataclass

from content.learning import Belief, CampaignTemplate, QuizQuestion, RedFlag, Story, Term
from content.schema import Case, Guide, Law, Strict, Topic


@dataclass(frozen=True)
class Kind:
    """A folder of content files. `folder` is also the name of the mapping in the library."""

    folder: str
    singular: str
    model: type[Strict]


KINDS: tuple[Kind, ...] = (
    Kind("topics", "topic", Topic),
    Kind("laws", "law", Law),
    Kind("cases", "case", Case),
    Kind("guides", "guide", Guide),
    Kind("red_flags", "red_flag", RedFlag),
    Kind("beliefs", "belief", Belief),
    Kind("glossary", "term", Term),
    Kind("quizzes", "quiz", QuizQuestion),
    Kind("stories", "story", Story),
    Kind("campaigns", "campaign", CampaignTemplate),
)
FOLDERS: dict[str, Kind] = {kind.folder: kind for kind in KINDS}
SINGULARS: dict[str, Kind] = {kind.singular: kind for kind in KINDS}
