# %% wrong: stops a look too late | one look too late
def look(loss, state, patience, min_delta=0.0):
    if loss < state["best"] - min_delta:
        return "save", {"best": loss, "waited": 0}
    waited = state["waited"] + 1
    return ("stop" if waited > patience else "wait"), {"best": state["best"], "waited": waited}

# %% wrong: stops a look too early | one look too early
def look(loss, state, patience, min_delta=0.0):
    if loss < state["best"] - min_delta:
        return "save", {"best": loss, "waited": 0}
    waited = state["waited"] + 1
    return ("stop" if waited + 1 >= patience else "wait"), {"best": state["best"], "waited": waited}

# %% wrong: bad looks are counted in all | reset the count
def look(loss, state, patience, min_delta=0.0):
    if loss < state["best"] - min_delta:
        return "save", {"best": loss, "waited": state["waited"]}
    waited = state["waited"] + 1
    return ("stop" if waited >= patience else "wait"), {"best": state["best"], "waited": waited}

# %% wrong: min_delta is ignored | min_delta is ignored
def look(loss, state, patience, min_delta=0.0):
    if loss < state["best"]:
        return "save", {"best": loss, "waited": 0}
    waited = state["waited"] + 1
    return ("stop" if waited >= patience else "wait"), {"best": state["best"], "waited": waited}

# %% wrong: min_delta with the wrong sign | sign of min_delta
def look(loss, state, patience, min_delta=0.0):
    if loss < state["best"] + min_delta:
        return "save", {"best": loss, "waited": 0}
    waited = state["waited"] + 1
    return ("stop" if waited >= patience else "wait"), {"best": state["best"], "waited": waited}

# %% wrong: best creeps down | best crept down
def look(loss, state, patience, min_delta=0.0):
    best = min(state["best"], loss)
    if loss < state["best"] - min_delta:
        return "save", {"best": best, "waited": 0}
    waited = state["waited"] + 1
    return ("stop" if waited >= patience else "wait"), {"best": best, "waited": waited}

# %% wrong: nan passes for better | nan counted as an improvement
def look(loss, state, patience, min_delta=0.0):
    if loss >= state["best"] - min_delta and state["best"] != math.inf:
        waited = state["waited"] + 1
        return ("stop" if waited >= patience else "wait"), {"best": state["best"], "waited": waited}
    return "save", {"best": loss, "waited": 0}

# %% wrong: compared with the look before | compare with the best
def look(loss, state, patience, min_delta=0.0):
    if loss < state["best"] - min_delta:
        return "save", {"best": loss, "waited": 0}
    waited = state["waited"] + 1
    return ("stop" if waited >= patience else "wait"), {"best": loss, "waited": waited}

# %% wrong: True and False instead of actions | should be save, wait or stop
def look(loss, state, patience, min_delta=0.0):
    better = loss < state["best"] - min_delta
    return better, {"best": loss if better else state["best"], "waited": 0 if better else state["waited"] + 1}

# %% wrong: an equal loss is saved | an equal loss is no improvement
def look(loss, state, patience, min_delta=0.0):
    if loss <= state["best"] - min_delta:
        return "save", {"best": loss, "waited": 0}
    waited = state["waited"] + 1
    return ("stop" if waited >= patience else "wait"), {"best": state["best"], "waited": waited}

# %% right: in place
def look(loss, state, patience, min_delta=0.0):
    if state["best"] - loss > min_delta:
        state["best"], state["waited"] = loss, 0
        return "save", state
    state["waited"] += 1
    return ["wait", "stop"][state["waited"] >= patience], state

# %% right: the count first
def look(loss, state, patience, min_delta=0.0):
    better = loss < state["best"] - min_delta
    waited = 0 if better else state["waited"] + 1
    action = "save" if better else "stop" if waited == patience else "wait"
    return action, {"best": loss if better else state["best"], "waited": waited}
