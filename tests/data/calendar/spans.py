"""Writes spans.jsonl: periods of the calendar as Python's zoneinfo sees them. It walks along the
time line and looks at the clock on the wall, so it knows nothing of how the program finds them."""

import pathlib
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
import tables

TABLE = pathlib.Path(__file__).with_suffix(".jsonl")
MINUTE = timedelta(minutes=1)

# Zone, a moment of interest, why.
CHANGES = [
    ("UTC", "2024-02-29T00:00", "a leap day"),
    ("Europe/Berlin", "2024-03-31T01:00", "a day of 23 hours"),
    ("Europe/Berlin", "2024-10-27T01:00", "a day of 25 hours"),
    ("Europe/Dublin", "2023-10-29T01:00", "winter is the exception there"),
    ("America/New_York", "2023-03-12T07:00", "a day of 23 hours"),
    ("America/New_York", "2023-11-05T06:00", "a day of 25 hours"),
    ("America/Phoenix", "2023-03-12T09:00", "no change at all"),
    ("Asia/Kolkata", "2023-06-01T00:00", "half an hour off"),
    ("Asia/Kathmandu", "2023-06-01T00:00", "three quarters of an hour off"),
    ("Australia/Lord_Howe", "2023-09-30T15:30", "half an hour ahead"),
    ("Australia/Lord_Howe", "2023-04-01T15:00", "half an hour back"),
    ("Antarctica/Troll", "2023-10-29T01:00", "two hours back"),
    ("Antarctica/Troll", "2023-03-26T01:00", "two hours ahead"),
    ("America/Sao_Paulo", "2018-11-04T03:00", "a midnight that does not exist"),
    ("America/Sao_Paulo", "2018-02-18T02:00", "put back at midnight"),
    ("Africa/Cairo", "2023-04-27T22:00", "a midnight that does not exist"),
    ("Africa/Cairo", "2023-10-26T21:00", "put back at midnight"),
    ("Asia/Beirut", "2022-03-26T22:00", "a midnight that does not exist"),
    ("America/Havana", "2022-03-13T05:00", "a midnight that does not exist"),
    ("America/Havana", "2022-11-06T05:00", "a midnight that comes twice"),
    ("Atlantic/Azores", "2022-10-30T01:00", "a midnight that comes twice"),
    ("Asia/Pyongyang", "2015-08-14T15:00", "put back by half an hour at midnight"),
    ("Asia/Pyongyang", "2018-05-04T15:00", "put ahead by half an hour at midnight"),
    ("America/St_Johns", "2009-11-01T02:31", "put back one minute after midnight"),
    ("America/St_Johns", "2009-03-08T03:31", "put ahead one minute after midnight"),
    ("Pacific/Apia", "2011-12-30T10:00", "a day that was left out"),
    ("Africa/Casablanca", "2022-03-27T02:00", "Ramadan"),
    ("Asia/Tehran", "2021-03-21T20:30", "a midnight that does not exist, half an hour off"),
]
# Zone, first month: the months and weeks of fourteen months.
YEARS = [
    ("UTC", "2023-12"),
    ("UTC", "2099-12"),
    ("Europe/Berlin", "2023-12"),
    ("America/Sao_Paulo", "2017-12"),
    ("Asia/Kolkata", "2024-01"),
    ("Australia/Lord_Howe", "2022-12"),
    ("Pacific/Apia", "2011-06"),
    ("Pacific/Kiritimati", "1994-06"),
]

LABELS = {
    "hour": lambda clock: (clock.date(), clock.hour),
    "day": lambda clock: clock.date(),
    "week": lambda clock: clock.date() - timedelta(days=clock.weekday()),
    "month": lambda clock: (clock.year, clock.month),
}


def spans(zone, period, begin, end, step):
    """The whole periods between two moments. One begins when clocks first show it; an hour also
    when they show it again."""
    zone = ZoneInfo(zone)
    boundaries = []
    furthest = None
    moment = begin
    while moment < end:
        clock = moment.astimezone(zone)
        label = LABELS[period](clock)
        new = furthest is not None and label > furthest
        full_hour = period == "hour" and clock.minute == 0
        if new or full_hour:
            boundaries.append(moment)
        furthest = max(furthest or label, label)
        moment += step
    return zip(boundaries, boundaries[1:])


def row(zone, period, begin, end, why):
    return {
        "id": f"{zone} {period} {begin:%Y-%m-%dT%H:%MZ}",
        "zone": zone,
        "period": period,
        "begin": int(begin.timestamp()),
        "end": int(end.timestamp()),
        "why": why,
    }


def rows():
    for zone, text, why in CHANGES:
        moment = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
        for period, around in {"hour": timedelta(hours=5), "day": timedelta(days=3)}.items():
            for span in spans(zone, period, moment - around, moment + around, MINUTE):
                yield row(zone, period, *span, why)
    for zone, text in YEARS:
        begin = datetime.fromisoformat(text + "-01").replace(tzinfo=timezone.utc)
        for period in ("week", "month"):
            for span in spans(zone, period, begin, begin + timedelta(days=430), 30 * MINUTE):
                yield row(zone, period, *span, "a year")


tables.write(list(rows()), TABLE)
