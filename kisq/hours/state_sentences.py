"""Whether a market or the session of a key is open: a whole sentence for each state."""

from kisq.hours.closed import Closed
from kisq.locale.sentence import Sentence

# The state of a market: closed for some reason, surely open (True), or perhaps open (False).
State = Closed | bool
MARKET_STATES: dict[State, Sentence] = {
    Closed.HOURS: Sentence("{market} is closed ({now})."),
    Closed.LUNCH: Sentence("{market} is closed for lunch ({now})."),
    Closed.PAUSE: Sentence("{market} pauses between two sessions ({now})."),
    Closed.HALF_DAY: Sentence("{market} has closed early (half day) ({now})."),
    Closed.WEEKEND: Sentence("{market} is closed for the weekend ({now})."),
    Closed.HOLIDAY: Sentence("{market} is closed for a holiday ({now})."),
    True: Sentence("{market} is open ({now})."),
    False: Sentence("{market} may be open ({now})."),
}
# For the session of a US key, and for the market of any other key.
SESSION_STATES: dict[State, Sentence] = {
    Closed.HOURS: Sentence("{key} is {kind}; that session runs {hours} and is closed ({now})."),
    Closed.LUNCH: Sentence(
        "{key} is {kind}; that session runs {hours} and is closed for lunch ({now})."
    ),
    Closed.PAUSE: Sentence(
        "{key} is {kind}; that session runs {hours} and pauses between two sessions ({now})."
    ),
    Closed.HALF_DAY: Sentence(
        "{key} is {kind}; that session runs {hours} and has closed early (half day) ({now})."
    ),
    Closed.WEEKEND: Sentence(
        "{key} is {kind}; that session runs {hours} and is closed for the weekend ({now})."
    ),
    Closed.HOLIDAY: Sentence(
        "{key} is {kind}; that session runs {hours} and is closed for a holiday ({now})."
    ),
    True: Sentence("{key} is {kind}; that session runs {hours} and is open ({now})."),
    False: Sentence("{key} is {kind}; that session runs {hours} and may be open ({now})."),
}
KEY_STATES: dict[State, Sentence] = {
    Closed.HOURS: Sentence("{key} is {kind}; that market runs {hours} and is closed ({now})."),
    Closed.LUNCH: Sentence(
        "{key} is {kind}; that market runs {hours} and is closed for lunch ({now})."
    ),
    Closed.PAUSE: Sentence(
        "{key} is {kind}; that market runs {hours} and pauses between two sessions ({now})."
    ),
    Closed.HALF_DAY: Sentence(
        "{key} is {kind}; that market runs {hours} and has closed early (half day) ({now})."
    ),
    Closed.WEEKEND: Sentence(
        "{key} is {kind}; that market runs {hours} and is closed for the weekend ({now})."
    ),
    Closed.HOLIDAY: Sentence(
        "{key} is {kind}; that market runs {hours} and is closed for a holiday ({now})."
    ),
    True: Sentence("{key} is {kind}; that market runs {hours} and is open ({now})."),
    False: Sentence("{key} is {kind}; that market runs {hours} and may be open ({now})."),
}
