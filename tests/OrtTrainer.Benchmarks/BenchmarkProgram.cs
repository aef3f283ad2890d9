using OrtTrainer.Cli;

namespace OrtTrainer.Benchmarks;

/// <summary>Measurements that only matter to those who change the engine.</summary>
internal static class BenchmarkProgram
{
    public static CommandProgram Instance { get; } = new(
        "benchmarks", "times training steps, inference and tokenizers against other ways to spend the time",
        [
            Verbs.Of<YardstickArguments>("yardstick", "time training steps against a plain graph on ONNX Runtime",
                YardstickCommand.RunAsync,
                "yardstick --model DIR --train F --text COL --label COL --batches N --yardstick F",
                "yardstick --model DIR --full-length N --batches N --yardstick F"),
            Verbs.Of<DecoderArguments>("decoder", "time training steps of a GPT-2 against a plain graph and AdamW",
                DecoderCommand.RunAsync,
                "decoder --precision bf16"),
            Verbs.Of<MethodArguments>("methods", "time steps of other losses against plain fine-tuning",
                MethodCommand.RunAsync,
                "methods --model DIR --train F --text COL --label COL --batches N --methods A,B"),
            Verbs.Of<ProductsArguments>("products", "time kernels of linear layers against ONNX Runtime's Gemm",
                ProductsCommand.RunAsync,
                "products --rows 355,1713 --layers 384x1536,1536x384"),
            Verbs.Of<InferenceArguments>("inference", "time the way from texts to logits against plain ONNX Runtime",
                InferenceCommand.RunAsync,
                "inference --model DIR --train F --text COL --label COL --batches N --batch-size N"),
            Verbs.Of<GenerationArguments>("generation", "time how a decoder writes against plain ONNX Runtime",
                GenerationCommand.RunAsync,
                "generation --model DIR --prompts F",
                "generation --random 12x768x50257 --batch-size 8"),
            Verbs.Of<ServingArguments>("serving", "time a server under load against the predictor that it serves",
                ServingCommand.RunAsync,
                "serving --model DIR --texts F",
                "serving --model DIR --bad 10000"),
            Verbs.Of<TokenizersArguments>("tokenizers", "time BERT's tokenizer against Microsoft.ML.Tokenizers'",
                TokenizersCommand.RunAsync,
                "tokenizers --vocabulary F --text-file F"),
        ]);
}
