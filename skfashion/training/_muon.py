"""Muon: convolutions move by orthogonalized momentum, all other weights by AdamW."""

import torch
from torch.optim.adamw import adamw

COEFFICIENTS = 3.4445, -4.7750, 2.0315  # of Jordan et al.: steepest at 0
N_ITERATIONS = 3  # with momentum as low as here, as in airbench
RATE = 8.0  # of a convolution, in rates of AdamW


class Muon(torch.optim.Optimizer):
    """Muon for the weights of convolutions, AdamW for all others, at one learning rate.

    The gradient of a convolution's weights is smoothed by Nesterov's momentum, and as a matrix
    (out, in * height * width) replaced by a nearly orthogonal one that is close to it: all
    directions that the kernels can go to are moved in alike, and not those most in which the
    gradient is greatest. Dense layers, which may have many more weights, for which the matrix
    products take long, stay with AdamW; so do biases and batch normalization.

    Parameters
    ----------
    params : iterable of Tensor or of dict
        Weights, or groups of them as in every torch optimizer. Those with four axes and more are
        those of convolutions.
    lr : float or Tensor, default=3e-3
        Learning rate of AdamW. Convolutions move by matrices of singular values of about 1,
        times 8 times this rate, and times ``sqrt(rows / columns)`` where they have more rows
        than columns.
    weight_decay : float, default=0.01
        Decoupled weight decay of all weights, as in AdamW.
    momentum : float, default=0.6
        Of the convolutions.
    betas : tuple of float, default=(0.9, 0.999)
        AdamW's.
    eps : float, default=1e-8
        AdamW's.
    capturable : bool, default=False
        Whether steps can be captured in a CUDA graph; `lr` is a tensor on the GPU then.

    References
    ----------
    K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024,
    https://kellerjordan.github.io/posts/muon. Momentum and number of iterations are those of
    K. Jordan's airbench for CIFAR-10, https://github.com/KellerJordan/cifar10-airbench.
    I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019.

    Examples
    --------
    >>> import torch
    >>> from skfashion.training import Muon
    >>> convolution = torch.nn.Conv2d(1, 4, 3)
    >>> optimizer = Muon(convolution.parameters(), lr=1e-3)
    >>> convolution(torch.ones(2, 1, 5, 5)).square().mean().backward()
    >>> optimizer.step()
    """

    def __init__(
        self,
        params,
        lr=3e-3,
        weight_decay=0.01,
        momentum=0.6,
        betas=(0.9, 0.999),
        eps=1e-8,
        *,
        capturable=False,
    ):
        defaults = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "betas": betas,
            "eps": eps,
            "capturable": capturable,
            "fused": True,  # says that the numbers of steps lie on the weights' device
        }
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure=None):
        """Move the weights that have a gradient.

        Parameters
        ----------
        closure : callable, default=None
            Recomputes the loss.

        Returns
        -------
        loss : Tensor or None
            What `closure` returned.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            weights = [weight for weight in group["params"] if weight.grad is not None]
            for weight in weights:
                if weight.ndim >= 4:
                    self._move(weight, group)
            self._step_of_adamw([weight for weight in weights if weight.ndim < 4], group)
        return loss

    def _move(self, weight, group):
        state = self.state[weight]
        if not state:
            state["momentum_buffer"] = torch.zeros_like(weight)
        average = state["momentum_buffer"].mul_(group["momentum"]).add_(weight.grad)
        direction = weight.grad.add(average, alpha=group["momentum"]).flatten(1)
        rows, columns = direction.shape
        rate = group["lr"] * RATE * max(1.0, rows / columns) ** 0.5
        weight.mul_(1 - group["lr"] * group["weight_decay"])
        weight.sub_(orthogonalized(direction).view(weight.shape) * rate)

    def _step_of_adamw(self, weights, group):
        for weight in weights:
            state = self.state[weight]
            if not state:
                state["step"] = torch.zeros((), dtype=torch.float32, device=weight.device)
                state["exp_avg"] = torch.zeros_like(weight)
                state["exp_avg_sq"] = torch.zeros_like(weight)
        states = [self.state[weight] for weight in weights]
        beta1, beta2 = group["betas"]
        adamw(
            weights,
            [weight.grad for weight in weights],
            [state["exp_avg"] for state in states],
            [state["exp_avg_sq"] for state in states],
            [],
            [state["step"] for state in states],
            fused=True,
            capturable=group["capturable"],
            amsgrad=False,
            beta1=beta1,
            beta2=beta2,
            lr=group["lr"],
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            maximize=False,
        )


def orthogonalized(matrix, n_iterations=N_ITERATIONS):
    """Return a matrix with the same singular vectors and singular values of about 1.

    By Newton-Schulz iterations, which need matrix products alone, and no singular value
    decomposition.

    Parameters
    ----------
    matrix : Tensor of shape (M, N)
        A matrix of floats.
    n_iterations : int, default=3
        More of them lift smaller singular values.

    Returns
    -------
    Tensor of shape (M, N)
    """
    a, b, c = COEFFICIENTS
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.mT if tall else matrix
    x = x / x.norm().clamp(min=torch.finfo(x.dtype).tiny)  # no singular value is above 1
    for _ in range(n_iterations):
        gram = x @ x.mT
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.mT if tall else x
