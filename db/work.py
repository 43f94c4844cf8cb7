"""Units of work: the repositories on one transaction. Nothing but the unit itself commits."""

from sqlalchemy.ext.asyncio import AsyncSession

from db.keys import KeyRing
from db.repositories.arrivals import Arrivals, ArrivalsWriter
from db.repositories.audit import Audit, AuditLog
from db.repositories.campaigns import Campaigns, CampaignsWriter
from db.repositories.conversations import Conversations, ConversationsWriter
from db.repositories.counts import Counts, CountsWriter
from db.repositories.invites import Invites, InvitesWriter
from db.repositories.ledger import LedgerWriter
from db.repositories.ledger_reading import Ledger
from db.repositories.notices import Notices, NoticesWriter
from db.repositories.operation import Operation, OperationWriter
from db.repositories.people import People, PeopleWriter
from db.repositories.questions import Questions, QuestionsWriter
from db.repositories.quizzes import Quizzes, QuizzesWriter
from db.repositories.schools import Schools, SchoolsWriter
from db.repositories.sealing import Sealing, SealingWriter
from db.repositories.threads import Threads, ThreadsWriter
from db.repositories.turns import Turns, TurnsWriter


class ReadWork:
    """Reading only."""

    def __init__(self, session: AsyncSession, keyring: KeyRing) -> None:
        self.people = People(session, keyring)
        self.schools = Schools(session)
        self.invites = Invites(session, keyring)
        self.conversations = Conversations(session)
        self.counts = Counts(session)
        self.quizzes = Quizzes(session)
        self.questions = Questions(session)
        self.threads = Threads(session)
        self.notices = Notices(session)
        self.campaigns = Campaigns(session)
        self.ledger = Ledger(session)
        self.audit = Audit(session)
        self.arrivals = Arrivals(session, keyring)
        self.operation = Operation(session, keyring)
        self.sealing = Sealing(session, keyring)
        self.turns = Turns(session, keyring)


class WriteWork:
    """Reading and writing; committed as a whole or not at all."""

    def __init__(self, session: AsyncSession, keyring: KeyRing) -> None:
        self.people = PeopleWriter(session, keyring)
        self.schools = SchoolsWriter(session)
        self.invites = InvitesWriter(session, keyring)
        self.conversations = ConversationsWriter(session)
        self.counts = CountsWriter(session)
        self.quizzes = QuizzesWriter(session)
        self.questions = QuestionsWriter(session)
        self.threads = ThreadsWriter(session)
        self.notices = NoticesWriter(session)
        self.campaigns = CampaignsWriter(session)
        self.ledger = LedgerWriter(session)
        self.audit = AuditLog(session)
        self.arrivals = ArrivalsWriter(session, keyring)
        self.operation = OperationWriter(session, keyring)
        self.sealing = SealingWriter(session, keyring)
        self.turns = TurnsWriter(session, keyring)
