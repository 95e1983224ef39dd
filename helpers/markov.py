"""Hidden Markov models: draw from one, and infer its states from what is seen (Rabiner 1989, sections II and III).

A hidden state walks by the table transition (S, S); at each step something is observed. What is observed enters as a
likelihood, so the same pass serves a word seen, a word hidden and a word possibly replaced.
"""

import torch


def forward_backward(start, transition, seen):
    """What the observations before and after each place say about the state there.

    start (S,), transition (S, S): probabilities. seen (B, L, S): P(what is observed at i | state at i).
    Returns (forward, backward), (B, L, S) each: forward[:, i] = P(state at i | observed before i), backward[:, i]
    proportional to P(observed after i | state at i). Their product with seen[:, i] is proportional to the state's
    posterior, and without it to the posterior that does not know place i itself. Zeros follow what is impossible.
    """
    forward, backward = torch.zeros_like(seen), torch.ones_like(seen)
    forward[:, 0] = start
    for i in range(1, seen.shape[1]):
        forward[:, i] = _normalize(forward[:, i - 1] * seen[:, i - 1]) @ transition
    for i in range(seen.shape[1] - 2, -1, -1):
        backward[:, i] = _normalize((backward[:, i + 1] * seen[:, i + 1]) @ transition.T)
    return forward, backward


def draw(table, rows, generator=None):
    """For each row index, a column drawn with the probabilities of that row of the table: (n,) int64 -> (n,) int64."""
    probabilities, columns = table.topk(int((table > 0).sum(1).max()), dim=1)  # most entries are zero: leave them out
    cumulative = probabilities.cumsum(1)
    cumulative = cumulative / cumulative[:, -1:]  # ends at exactly 1, so that a draw below 1 always finds a column
    u = torch.rand(len(rows), 1, generator=generator, dtype=torch.float64)
    return columns[rows, (cumulative[rows] <= u).sum(1)]


def longest_walk(start, transition):
    """The most steps a walk can take before it stays where it is. Raises ValueError if it can go on past 100."""
    moving = transition.diagonal() < 1  # (S,)
    reached, steps = start > 0, 0
    while (reached & moving).any():
        reached, steps = transition[reached].sum(0) > 0, steps + 1
        if steps > 100:
            raise ValueError("a walk can take more than 100 steps: some states lead back to themselves; cut the circle")
    return steps


def _normalize(x):  # long products of probabilities would underflow
    return x / x.sum(-1, keepdim=True).clamp_min(torch.finfo(x.dtype).tiny)
