import socket
import sys
import threading

import pytest

from keras_im2latex.serving.refuse_connections import refuse_connections


@pytest.mark.skipif(sys.platform != "linux", reason="filters are Linux'")
def test_connections_made_before_are_served_and_later_ones_refused_not_reset():
    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    before = socket.create_connection(address, timeout=10)
    refuse_connections(listener)
    late = []

    def connect_late():
        with pytest.raises(ConnectionRefusedError) as refused:
            socket.create_connection(address, timeout=30)
        late.append(refused)

    client = threading.Thread(target=connect_late)
    client.start()
    listener.settimeout(0.3)
    accepted, _ = listener.accept()
    with pytest.raises(TimeoutError):  # the late one is not in the queue, where closing would reset it
        listener.accept()
    listener.close()
    before.sendall(b"question")
    assert accepted.recv(100) == b"question"
    accepted.sendall(b"answer")
    assert before.recv(100) == b"answer"
    client.join(30)
    assert len(late) == 1
    for connection in (before, accepted):
        connection.close()


def test_without_filters_nothing_happens():
    class WithoutFilters:
        def setsockopt(self, *arguments):
            raise OSError(92, "Protocol not available")

    refuse_connections(WithoutFilters())
