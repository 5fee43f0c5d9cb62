"""Whether a market or the session of a key is open: a whole sentence for each state."""

from kisq.hours.closed import Closed

# What a market is doing: closed for some reason, surely open (True), or perhaps open (False).
State = Closed | bool
MARKET_STATES: dict[State, str] = {
    Closed.HOURS: "{market} is closed ({now}).",
    Closed.LUNCH: "{market} is closed for lunch ({now}).",
    Closed.PAUSE: "{market} pauses between two sessions ({now}).",
    Closed.HALF_DAY: "{market} has closed early (half day) ({now}).",
    Closed.WEEKEND: "{market} is closed for the weekend ({now}).",
    Closed.HOLIDAY: "{market} is closed for a holiday ({now}).",
    True: "{market} is open ({now}).",
    False: "{market} may be open ({now}).",
}
# The same of the session of a key in the US, and of the market of any other key.
SESSION_STATES: dict[State, str] = {
    Closed.HOURS: "{key} is {kind}; that session runs {hours} and is closed ({now}).",
    Closed.LUNCH: "{key} is {kind}; that session runs {hours} and is closed for lunch ({now}).",
    Closed.PAUSE: (
        "{key} is {kind}; that session runs {hours} and pauses between two sessions ({now})."
    ),
    Closed.HALF_DAY: (
        "{key} is {kind}; that session runs {hours} and has closed early (half day) ({now})."
    ),
    Closed.WEEKEND: (
        "{key} is {kind}; that session runs {hours} and is closed for the weekend ({now})."
    ),
    Closed.HOLIDAY: (
        "{key} is {kind}; that session runs {hours} and is closed for a holiday ({now})."
    ),
    True: "{key} is {kind}; that session runs {hours} and is open ({now}).",
    False: "{key} is {kind}; that session runs {hours} and may be open ({now}).",
}
KEY_STATES: dict[State, str] = {
    Closed.HOURS: "{key} is {kind}; that market runs {hours} and is closed ({now}).",
    Closed.LUNCH: "{key} is {kind}; that market runs {hours} and is closed for lunch ({now}).",
    Closed.PAUSE: (
        "{key} is {kind}; that market runs {hours} and pauses between two sessions ({now})."
    ),
    Closed.HALF_DAY: (
        "{key} is {kind}; that market runs {hours} and has closed early (half day) ({now})."
    ),
    Closed.WEEKEND: (
        "{key} is {kind}; that market runs {hours} and is closed for the weekend ({now})."
    ),
    Closed.HOLIDAY: (
        "{key} is {kind}; that market runs {hours} and is closed for a holiday ({now})."
    ),
    True: "{key} is {kind}; that market runs {hours} and is open ({now}).",
    False: "{key} is {kind}; that market runs {hours} and may be open ({now}).",
}
