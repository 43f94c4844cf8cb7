"""When a message may reach a student: never in the quiet hours, and not two campaigns on one day."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

QUIET_FROM, QUIET_TO = time(22), time(8)
MISSED_AFTER = timedelta(hours=24)
"""A campaign whose time was missed by less is sent as soon as it can be; one missed by more asks its author first."""


def is_quiet(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether `moment` lies in the quiet hours there."""
    local = moment.astimezone(zone).time()
    return local >= QUIET_FROM or local < QUIET_TO


def next_morning(moment: datetime, zone: ZoneInfo, *, tomorrow: bool = False) -> datetime:
    """The end of the quiet hours that follow; `tomorrow`: of the next day, whatever hour it is now."""
    local = moment.astimezone(zone)
    day = local.date()
    if tomorrow or local.time() >= QUIET_FROM:
        day += timedelta(days=1)
    return datetime.combine(day, QUIET_TO, zone)


def same_day(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    return one.astimezone(zone).date() == other.astimezone(zone).date()
