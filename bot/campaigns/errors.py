"""Why something cannot be done with a campaign."""


class NoSuchCampaign(Exception):
    """There is no campaign of that name (or none that this person may see)."""


class NotNow(Exception):
    """The campaign is in a state in which that cannot be done; the message says which and what can."""


class NeedsApproval(Exception):
    """A second person must approve it first; `approvers`: how many could."""

    def __init__(self, recipients: int, approvers: int) -> None:
        super().__init__(f"{recipients} recipients")
        self.recipients = recipients
        self.approvers = approvers


class SamePerson(Exception):
    """Whoever made a campaign cannot approve it."""


class Changed(Exception):
    """What was seen is not what would be sent: it was changed meanwhile."""
