"""The examples in ``--help``: two for each command, each a command line that works as it stands."""

from kisq.locale.sentence import Sentence

# By the name of the command; those of kisq itself are for somebody who sees it the first time.
EXAMPLES: dict[str, tuple[tuple[str, Sentence], ...]] = {
    "": (
        ("kisq check --sim DNASAAPL", Sentence("Try it without an account")),
        ("kisq check DNASAAPL", Sentence("Is Apple being broadcast? If not, why?")),
    ),
    "approve": (
        ("kisq approve", Sentence("Issue an approval key, masked")),
        ("kisq approve --show", Sentence("Print only the key, for a script")),
    ),
    "watch": (
        ("kisq watch DNASAAPL --trades", Sentence("Watch the order book and trades of Apple")),
        ("kisq watch 005930 --json -n 5", Sentence("Print five order books as JSON")),
    ),
    "raw": (
        ("kisq raw --tr HDFSASP1 DHKS00003", Sentence("Print each message of one TR")),
        ("kisq raw DNASAAPL -w day.gz", Sentence("Print and record the messages")),
    ),
    "check": (
        ("kisq check DNASAAPL 005930", Sentence("Check two keys in one session")),
        ("kisq check -r day.gz", Sentence("Check what a recording holds")),
    ),
    "find": (
        ("kisq find 애플", Sentence("Find a symbol by its Korean name")),
        ("kisq find apple --market NAS", Sentence("Search a single market")),
    ),
    "tap": (
        ("kisq tap --port 21000", Sentence("Show the session of your own program")),
        ("kisq tap -w day.gz", Sentence("Record it as well")),
    ),
    "sim": (
        ("kisq sim --port 21000", Sentence("Serve a simulator on a fixed port")),
        ("kisq sim --fault drop=30", Sentence("Lose the connection after 30 seconds")),
    ),
    "explain": (
        ("kisq explain OPSP8996", Sentence("Explain a code and what to do about it")),
        ("kisq explain -r day.gz", Sentence("Explain each message of a recording")),
    ),
    "symbols": (
        ("kisq symbols", Sentence("Show which symbol files are stored, and how old")),
        ("kisq symbols sync", Sentence("Download all symbol files now")),
    ),
    "symbols sync": (
        ("kisq symbols sync", Sentence("Download all symbol files now")),
        ("kisq symbols sync -v", Sentence("Show each step")),
    ),
}
