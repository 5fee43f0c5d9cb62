"""The subscription of each key, from the requests and answers of a session; pure."""

from dataclasses import dataclass

from kisq.wire.messages import Answer, Key, load_object, part

_SUBSCRIBE = "1"
_UNSUBSCRIBED = "OPSP0001"
_NOT_SUBSCRIBED = "OPSP0003"
_MOST = 1000  # keys; a hostile recording may name more


def subscribed_key(text: str) -> Key | None:
    """The key that a request subscribes; None for any other request."""
    request = load_object(text) or {}
    if part(request, "header").get("tr_type") != _SUBSCRIBE:
        return None
    names = part(part(request, "body"), "input")
    tr_id = names.get("tr_id")
    tr_key = names.get("tr_key")
    if isinstance(tr_id, str) and isinstance(tr_key, str):
        return tr_id, tr_key
    return None


@dataclass(slots=True)
class Subscription:
    """One key; times are monotonic seconds, ``accepted`` is KIS's code and text.

    ``answered`` is about the present connection; the others keep what came first.
    """

    sent_at: float | None = None
    accepted_at: float | None = None
    accepted: str = ""
    answered: bool = False
    unsubscribed_at: float | None = None

    @property
    def is_known(self) -> bool:
        """Whether its subscribe or the answer to it was seen."""
        return self.sent_at is not None or bool(self.accepted)


class Subscriptions:
    """The subscriptions of a session; ``requests`` counts all requests that were seen."""

    def __init__(self) -> None:
        self._by_key: dict[Key, Subscription] = {}
        self.requests = 0

    def __getitem__(self, key: Key) -> Subscription:
        return self._by_key[key]

    def add(self, key: Key) -> Subscription:
        """That of ``key``, or a new one, which is not kept if there are too many."""
        if key not in self._by_key and len(self._by_key) >= _MOST:
            return Subscription()
        return self._by_key.setdefault(key, Subscription())

    def reconnect(self) -> None:
        """A new connection begins without any subscription."""
        for subscription in self._by_key.values():
            subscription.answered = False

    def request(self, text: str, at: float) -> None:
        """Note a request that was sent."""
        self.requests += 1
        key = subscribed_key(text)
        if key is None:
            return
        subscription = self.add(key)
        subscription.answered = False
        subscription.unsubscribed_at = None
        if subscription.accepted_at is None:
            subscription.sent_at = at

    def answer(self, answer: Answer, at: float) -> Key | None:
        """Note an answer of KIS; the key of an acceptance is returned."""
        if not answer.accepted or answer.msg_cd == _NOT_SUBSCRIBED:
            return None
        key = self._meant(answer)
        subscription = self.add(key)
        if answer.msg_cd == _UNSUBSCRIBED:
            subscription.unsubscribed_at = at
            return None
        subscription.answered = True
        if subscription.accepted_at is None:
            subscription.accepted_at = at
            subscription.accepted = f"{answer.msg_cd} {answer.msg1}"
        return key

    def _meant(self, answer: Answer) -> Key:
        """The key that an answer is for; one without a tr_key is for the only one that waits."""
        pending = self.pending()
        if not answer.tr_key and len(pending) == 1:
            return pending[0]
        return answer.tr_id, answer.tr_key

    def pending(self) -> list[Key]:
        """The keys whose subscribe was sent and not answered."""
        return [
            key
            for key, subscription in self._by_key.items()
            if subscription.sent_at is not None and not subscription.answered
        ]
