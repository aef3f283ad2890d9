"""Times training steps of PyTorch on batches like those of `orttrainer bench --full-length`: random tokens, every
example as long, two classes, AdamW, gradients clipped to norm 1. Needs PyTorch; transformers for the model itself and
for its Trainer, in whose place an encoder of the same sizes stands."""

import argparse
import json
import os
import statistics
import time

import torch


def encoder(folder):
    """The model, and whose it is."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    try:
        from transformers import AutoConfig, AutoModelForSequenceClassification

        settings = AutoConfig.from_pretrained(folder, num_labels=2)
        return AutoModelForSequenceClassification.from_config(settings), config, True
    except ImportError:
        return Plain(config), config, False


class Plain(torch.nn.Module):
    """An encoder of the sizes of a configuration, where transformers is missing."""

    def __init__(self, config):
        super().__init__()
        width = config["hidden_size"]
        self.words = torch.nn.Embedding(config["vocab_size"], width)
        self.places = torch.nn.Embedding(config["max_position_embeddings"], width)
        layer = torch.nn.TransformerEncoderLayer(
            width, config["num_attention_heads"], config["intermediate_size"], 0.1, "gelu", batch_first=True)
        self.layers = torch.nn.TransformerEncoder(layer, config["num_hidden_layers"], enable_nested_tensor=False)
        self.head = torch.nn.Linear(width, 2)

    def forward(self, input_ids, labels):
        states = self.words(input_ids) + self.places.weight[: input_ids.shape[1]]
        logits = self.head(self.layers(states)[:, 0])
        return {"loss": torch.nn.functional.cross_entropy(logits, labels), "logits": logits}


def batches(count, config, args):
    generator = torch.Generator().manual_seed(1)
    for _ in range(count):
        ids = torch.randint(5, config["vocab_size"], (args.batch_size, args.length), generator=generator)
        labels = torch.randint(0, 2, (args.batch_size,), generator=generator)
        yield {"input_ids": ids.cuda(), "labels": labels.cuda()}


def step_times(args, bf16, compiled, tf32=False):
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = tf32
    model, config, _ = encoder(args.model)
    model = model.cuda().train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5, fused=True)
    run = torch.compile(model) if compiled else model
    data = list(batches(args.batches, config, args))
    times = []
    for batch in data[:10] + data:
        torch.cuda.synchronize()
        started = time.perf_counter()
        with torch.autocast("cuda", torch.bfloat16, enabled=bf16):
            loss = run(**batch)["loss"]
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        torch.cuda.synchronize()
        times.append(time.perf_counter() - started)
    return statistics.median(times[10:])


def trainer_time(args):
    from transformers import Trainer, TrainingArguments

    model, config, _ = encoder(args.model)
    rows = [{"input_ids": ids, "labels": label}
            for batch in batches(args.batches, config, args)
            for ids, label in zip(batch["input_ids"].cpu(), batch["labels"].cpu())]
    settings = TrainingArguments(
        output_dir="trainer", per_device_train_batch_size=args.batch_size, max_steps=args.batches, bf16=True,
        report_to=[], save_strategy="no", logging_strategy="no", disable_tqdm=True)
    trainer = Trainer(model=model, args=settings, train_dataset=rows)
    trainer.train()
    torch.cuda.synchronize()
    started = time.perf_counter()
    trainer.train()
    torch.cuda.synchronize()
    return (time.perf_counter() - started) / args.batches


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--batches", type=int, default=50)
    args = parser.parse_args()
    if not torch.cuda.is_available():
        raise SystemExit("PyTorch here sees no CUDA device.")
    _, _, is_theirs = encoder(args.model)
    print(f"PyTorch {torch.__version__}, {torch.cuda.get_device_name()}, "
          + ("the model of transformers" if is_theirs else "an encoder of the same sizes; transformers is missing"))
    for name, measure in [
        ("eager, fp32", lambda: step_times(args, bf16=False, compiled=False)),
        ("eager, tf32", lambda: step_times(args, bf16=False, compiled=False, tf32=True)),
        ("eager, bf16", lambda: step_times(args, bf16=True, compiled=False)),
        ("torch.compile, bf16", lambda: step_times(args, bf16=True, compiled=True)),
        ("Trainer of transformers, bf16", lambda: trainer_time(args)),
    ]:
        try:
            seconds = measure()
            print(f"{name:30} {seconds * 1e3:8.2f} ms a step, "
                  f"{args.batch_size * args.length / seconds:12,.0f} tokens/s", flush=True)
        except Exception as cause:  # One that fails must not hide the others.
            print(f"{name:30} failed: {type(cause).__name__}: {cause}", flush=True)


if __name__ == "__main__":
    main()
