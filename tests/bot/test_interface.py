"""The interface sentences that the code names are the ones it declares."""

import ast
from pathlib import Path

from bot.campaigns.notices import REASONS
from bot.campaigns.progress import POSSIBLE
from bot.dialogue import commands
from bot.dialogue.shelves import GROUPS, ROLES, SHELVES
from bot.handover.commands import AWAY_DAYS, UNHEARD
from bot.handover.counsellor_side import Refused
from bot.interface import TEXTS
from bot.turns import COMMANDS, Kind
from content.schema import LANGUAGES
from db.campaign_models import CampaignState

ROOT = Path(__file__).parent.parent.parent


def _named_in_code() -> set[str]:
    """String constants of bot/ that are keys, and the keys made from kinds of messages and roles."""
    constants = {
        node.value
        for path in (ROOT / "bot").rglob("*.py")
        if path.name != "interface.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    made = {f"got_{kind.value}" for kind in Kind} | {f"role_{role}" for role in ("admin", "counsellor", "student")}
    made |= {f"{what}_{answer}" for what in ("consent", "forget", "keep") for answer in ("yes", "no")}
    made |= {f"{what}_{shelf}" for shelf in SHELVES for what in ("shelf", "about")}
    made |= {f"cases_{role}" for role in ROLES} | {f"terms_{group}" for group in GROUPS}
    made |= {f"command_{name}" for name in COMMANDS}
    made |= {f"desk_{refused}" for refused in Refused} | {f"desk_not_{kind.value}" for kind in UNHEARD}
    made |= {f"desk_away_{days}" for days in AWAY_DAYS} | {f"desk_speaks_{language}" for language in LANGUAGES}
    made |= {f"campaign_state_{state}" for state in CampaignState} | {f"campaign_why_{why}" for why in REASONS}
    made |= {f"campaign_button_{verb}" for verbs in POSSIBLE.values() for verb in verbs}
    made |= {f"invite_button_{word}" for word in ("yes", "no")} | {f"invite_{word}_done" for word in ("yes", "no")}
    return (constants | made) & set(TEXTS)


def test_every_declared_sentence_is_said_somewhere() -> None:
    assert set(TEXTS) - _named_in_code() == set()


def test_every_command_does_something() -> None:
    assert set(commands.COMMANDS) == set(COMMANDS)
