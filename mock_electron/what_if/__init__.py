"""The same requests in another world: re-executed by the engine on a virtual clock.

changes.py       what is different in the requests of the other world
moving.py        a text that is moved to another place of the prompt
virtual_clock.py the clock of the other world
recorded.py      what the model says there: what it said in the journal
lane.py          a lane in which the model says that
timeline.py      when requests come and replies end
order.py         the order of requests and ends by a frozen clock
measured.py      what replies took beyond their pace
waiting.py       which requests contain an earlier reply, and cannot come before it
replay.py        the exchanges of the other world
"""
