"""Why a server of KIS does not answer: what the approval endpoint and the feed have in common."""

from kisq.locale.sentence import Sentence

NO_NAME = Sentence("the name cannot be resolved")
REFUSED = Sentence("the connection was refused")
NO_ANSWER = Sentence("no answer within {seconds} s")
FIREWALL_STEP = Sentence("check the network and whether a firewall blocks the port")
