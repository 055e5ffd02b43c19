"""How a client survives: retry, budget, circuit breaker, deadline, bulkhead; sans-I/O.

Nothing here sleeps, sends, starts a thread, reads a clock or draws by chance: times (seconds of one monotonic clock),
the random source and what the world did are arguments. `guards.Guards` holds what calls share, `call.Call` is one
logical call: it is told what happened and answers what to do next, so that one machine drives every client, sync or
async:

    call = guards.call(facts, policy, now=clock())
    try:
        action = call.next(clock())
        while not isinstance(action, Succeed | GiveUp):
            match action:
                case Wait():
                    sleep(action.seconds)
                    action = call.next(clock())
                case Attempt():
                    outcome = send(request, action.timeouts, action.headers)     # Answered or Failed
                    action = call.ended(outcome, clock())
    finally:
        call.abandon()      # gives back what a cancelled call holds; nothing, once it has ended

Policies are frozen dataclasses; the small values that every call makes are NamedTuples, because a production client
pays for them: they are defined in a sixth of the time, and made in half of it.

Knows no HTTP library, no contract and no configuration file.
"""
