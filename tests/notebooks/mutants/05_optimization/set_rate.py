# %% wrong: writes to a key that nobody reads | nobody reads it
def set_rate(groups, rate):
    return [{**group, "learning_rate": rate} for group in groups]

# %% wrong: the same rate for all | every group got the same rate
def set_rate(groups, rate):
    return [{**group, "lr": rate} for group in groups]

# %% wrong: the first group is the reference | first group the reference
def set_rate(groups, rate):
    return [{**group, "lr": group["lr"] * rate / groups[0]["lr"]} for group in groups]

# %% wrong: the last group is taken for the largest | last group for the largest
def set_rate(groups, rate):
    return [{**group, "lr": group["lr"] * rate / groups[-1]["lr"]} for group in groups]

# %% wrong: the rates share the new one | sum the reference
def set_rate(groups, rate):
    total = sum(group["lr"] for group in groups)
    return [{**group, "lr": group["lr"] * rate / total} for group in groups]

# %% wrong: the rate as a factor | no factor
def set_rate(groups, rate):
    return [{**group, "lr": group["lr"] * rate} for group in groups]

# %% wrong: other settings are lost | lost a setting
def set_rate(groups, rate):
    largest = max(group["lr"] for group in groups)
    return [{"lr": group["lr"] * rate / largest} for group in groups]

# %% wrong: only the rates | a list of 2 groups
def set_rate(groups, rate):
    largest = max(group["lr"] for group in groups)
    return [group["lr"] * rate / largest for group in groups]

# %% right: changed in place
def set_rate(groups, rate):
    largest = sorted(group["lr"] for group in groups)[-1]
    for group in groups:
        group["lr"] *= rate / largest
    return groups

# %% right: with dict and a comprehension
def set_rate(groups, rate):
    rates = [group["lr"] for group in groups]
    return [dict(group, lr=rate * r / max(rates)) for group, r in zip(groups, rates)]
