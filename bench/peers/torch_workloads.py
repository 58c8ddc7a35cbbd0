"""The workloads of bench/workloads.mjs as plain PyTorch loops: `python torch_workloads.py eager|compile WORKLOAD [cpu|cuda:0]`.

Prints one JSON line in the format of keras_workloads.py.
"""

import json
import resource
import sys
import time

began = time.perf_counter()
import torch
from torch import nn
import torch.nn.functional as F

IMPORT = time.perf_counter() - began
torch.manual_seed(0)


def mlp(width, drop):
    layers, before = [], 784
    for _ in range(2):
        layers += [nn.Linear(before, width), nn.ReLU()] + ([nn.Dropout(0.2)] if drop else [])
        before = width
    return nn.Sequential(*layers, nn.Linear(width, 10))


def mnist_mlp():
    model, n = mlp(64, False), 48000
    optimizer = torch.optim.RMSprop(model.parameters(), 1e-3)
    return model, optimizer, F.cross_entropy, torch.rand(n, 784), torch.randint(0, 10, (n,)), 64


def mlp_512():
    model, n = mlp(512, True), 128 * 150
    optimizer = torch.optim.Adam(model.parameters())
    return model, optimizer, F.cross_entropy, torch.rand(n, 784), torch.randint(0, 10, (n,)), 128


def mnist_convnet():
    model = nn.Sequential(
        *[nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10)],
    )
    n = 128 * 15
    optimizer = torch.optim.Adam(model.parameters())
    return model, optimizer, F.cross_entropy, torch.rand(n, 1, 28, 28), torch.randint(0, 10, (n,)), 128


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3) for a, b in [(1, 16), (16, 32), (32, 32), (32, 16)])
        self.up = nn.ModuleList(nn.ConvTranspose2d(a, b, 3) for a, b in [(1, 16), (16, 32), (32, 16), (16, 1)])

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.down[1](F.relu(self.down[0](x)))), 3)
        x = F.relu(self.down[3](F.relu(self.down[2](x))))
        x = x.amax((2, 3)).view(-1, 1, 4, 4)
        x = F.relu(self.up[1](F.relu(self.up[0](x))))
        x = F.relu(self.up[2](F.interpolate(x, scale_factor=3)))
        return F.relu(self.up[3](x))


def autoencoder():
    model, data = Autoencoder(), torch.rand(64 * 20, 1, 28, 28)
    return model, torch.optim.Adam(model.parameters()), F.mse_loss, data, data, 64


class ToyResNet(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [(3, 32, 0), (32, 64, 0)] + [(64, 64, 1)] * 4 + [(64, 64, 0)]
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, padding=p) for a, b, p in sizes)
        self.dense, self.out = nn.Linear(64, 256), nn.Linear(256, 10)

    def forward(self, x):
        def conv(i, x):
            return F.relu(self.convs[i](x))

        block1 = F.max_pool2d(conv(1, conv(0, x)), 3)
        block2 = conv(3, conv(2, block1)) + block1
        block3 = conv(5, conv(4, block2)) + block2
        x = F.relu(self.dense(conv(6, block3).mean((2, 3))))
        return self.out(F.dropout(x, 0.5, self.training))


def toy_resnet():
    model, n = ToyResNet(), 64 * 12
    optimizer = torch.optim.RMSprop(model.parameters(), 1e-3)
    return model, optimizer, F.cross_entropy, torch.rand(n, 3, 32, 32), torch.randint(0, 10, (n,)), 64


class BnResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.blocks, before = self.normalized(3, 16, 1), nn.ModuleList(), 16
        for filters in (16, 32, 64):
            for block in range(2):
                stride = 2 if filters != 16 and block == 0 else 1
                short = nn.Conv2d(before, filters, 1, stride, bias=False) if stride == 2 else nn.Identity()
                parts = [self.normalized(before, filters, stride), self.normalized(filters, filters, 1), short]
                self.blocks.append(nn.ModuleList(parts))
                before = filters
        self.out = nn.Linear(64, 10)

    @staticmethod
    def normalized(a, b, stride):
        return nn.Sequential(nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b))

    def forward(self, x):
        x = F.relu(self.stem(x))
        for first, second, short in self.blocks:
            x = F.relu(second(F.relu(first(x))) + short(x))
        return self.out(x.mean((2, 3)))


def bn_resnet():
    model, n = BnResNet(), 64 * 12
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    return model, optimizer, F.cross_entropy, torch.rand(n, 3, 32, 32), torch.randint(0, 10, (n,)), 64


class Tickets(nn.Module):
    def __init__(self):
        super().__init__()
        self.title, self.body = nn.Embedding(10000, 64), nn.Embedding(10000, 64)
        self.title_lstm = nn.LSTM(64, 128, batch_first=True)
        self.body_lstm = nn.LSTM(64, 32, batch_first=True)
        self.priority, self.department = nn.Linear(172, 1), nn.Linear(172, 4)

    def forward(self, x):
        title = self.title_lstm(self.title(x[:, :12]))[0][:, -1]
        body = self.body_lstm(self.body(x[:, 12:112]))[0][:, -1]
        x = torch.cat([title, body, x[:, 112:].float()], 1)
        return self.priority(x), self.department(x)


def tickets():
    def loss(outputs, y):
        priority = F.binary_cross_entropy_with_logits(outputs[0], y[:, :1])
        return priority + 0.2 * F.cross_entropy(outputs[1], y[:, 1:])

    model, n = Tickets(), 1280
    x = torch.cat([torch.randint(0, 10000, (n, 112)), torch.randint(0, 2, (n, 12))], 1)
    y = torch.cat([torch.rand(n, 1), torch.randint(0, 2, (n, 4)).float()], 1)
    return model, torch.optim.RMSprop(model.parameters(), 1e-3), loss, x, y, 32


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.qkv, self.o = nn.Embedding(5000, 128), nn.Linear(128, 384), nn.Linear(128, 128)
        self.norm1, self.norm2 = nn.LayerNorm(128), nn.LayerNorm(128)
        self.wide, self.narrow, self.out = nn.Linear(128, 256), nn.Linear(256, 128), nn.Linear(128, 2)

    def forward(self, x):
        e = self.embedding(x)
        batch, length, width = e.shape
        q, k, v = self.qkv(e).view(batch, length, 3, 4, 32).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, length, width)
        x = self.norm1(e + self.o(attended))
        x = self.norm2(x + self.narrow(F.relu(self.wide(x))))
        return self.out(F.dropout(x.mean(1), 0.1, self.training))


def transformer():
    model, n = Transformer(), 32 * 40
    optimizer = torch.optim.Adam(model.parameters())
    return model, optimizer, F.cross_entropy, torch.randint(0, 5000, (n, 64)), torch.randint(0, 2, (n,)), 32


WORKLOADS = [mnist_mlp, mlp_512, mnist_convnet, autoencoder, toy_resnet, bn_resnet, tickets, transformer]


def main(mode, name, device="cpu"):
    model, optimizer, loss_of, x, y, batch_size = {w.__name__: w for w in WORKLOADS}[name]()
    model, x, y = model.to(device), x.to(device), y.to(device)
    finish = torch.cuda.synchronize if x.is_cuda else lambda: None
    n = len(x)
    steps = n // batch_size
    forward = torch.compile(model) if mode == "compile" else model
    epochs = []
    for _ in range(4):
        began, order, total = time.perf_counter(), torch.randperm(n, device=device), 0.0
        for step in range(steps):
            rows = order[step * batch_size : (step + 1) * batch_size]
            loss = loss_of(forward(x[rows]), y[rows])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.detach()
        float(total)
        epochs.append(time.perf_counter() - began)
    model.eval()
    forward = torch.compile(model) if mode == "compile" else model
    predictions = []
    with torch.inference_mode():
        for _ in range(4):
            began = time.perf_counter()
            for step in range(steps):
                forward(x[step * batch_size : (step + 1) * batch_size])
            finish()
            predictions.append(time.perf_counter() - began)
    line = {
        "peer": "torch-" + mode,
        "workload": name,
        "train_ms_step": round(min(epochs[1:]) / steps * 1e3, 4),
        "predict_ms_batch": round(min(predictions[1:]) / steps * 1e3, 4),
        "first_epoch_s": round(epochs[0], 2),
        "import_s": round(IMPORT, 2),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(line), flush=True)


main(*sys.argv[1:])
