using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Commands;
using OrtTrainer.Cli.Hub;

namespace OrtTrainer.Cli.Parsing;

/// <summary>A command of a program.</summary>
/// <param name="Name">The word that calls it.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="Arguments">The class of its options.</param>
/// <param name="Usage">Command lines to start from.</param>
/// <param name="RunAsync">Parses the words after the verb and does the work.</param>
internal sealed record Verb(
    string Name, string Summary, Type Arguments, IReadOnlyList<string> Usage,
    Func<string[], Terminal, CancellationToken, Task<int>> RunAsync)
{
    /// <summary>All commands of orttrainer, in the order of a project's life.</summary>
    public static IReadOnlyList<Verb> All { get; } =
    [
        Of<FinetuneArguments>("finetune", "fine-tune a model, average its weights, export the better ones",
            FinetuneCommand.RunAsync,
            "finetune                                  (the small embedded model and data)",
            "finetune --model DIR --train F --text COL --label COL [--eval F] [--test F] --out DIR",
            "finetune --model DIR --train F --folds 5 --out DIR",
            "finetune --resume DIR"),
        Of<InitArguments>("init", "look at data and write options to start from, with the reasons",
            InitCommand.RunAsync,
            "init DATA [--model DIR] [--eval F] [--test F] [--out options.json]"),
        Of<DebugDataArguments>("debug-data", "look for what may be wrong with labelled data, before training",
            DebugDataCommand.RunAsync,
            "debug-data DATA --text COL --label COL [--eval F] [--test F]"),
        Of<LrFindArguments>("lr-find", "try learning rates in a few steps that are thrown away", LrFindCommand.RunAsync,
            "lr-find --model DIR --train F --text COL --label COL [--steps N] [--plot F.svg]"),
        Of<PretrainArguments>("pretrain", "learn masked tokens of plain texts, with a model or from scratch",
            PretrainCommand.RunAsync,
            "pretrain --model DIR --train PATH --out DIR",
            "pretrain --config F.json --tokenizer DIR --train PATH --out DIR",
            "pretrain --resume DIR"),
        Of<TokenizerArguments>("tokenizer", "make a vocabulary of texts", TokenizerCommand.RunAsync,
            "tokenizer train PATH... --out DIR [--kind KIND] [--vocabulary-size N]"),
        Of<EvaluateArguments>("evaluate", "score a model on labelled data, or on masked tokens of texts",
            EvaluateCommand.RunAsync,
            "evaluate --model DIR --data F --text COL --label COL",
            "evaluate --model DIR --data PATH          (a model of masked tokens, on plain texts)"),
        Of<PredictArguments>("predict", "label texts with a fine-tuned model", PredictCommand.RunAsync,
            "predict --model DIR --input F|- [--output F]"),
        Of<ServeArguments>("serve", "answer requests over HTTP with a fine-tuned model", ServeCommand.RunAsync,
            "serve --model DIR [--port N] [--host ADDRESS] [--api-key VARIABLE]",
            "serve --check [--port N]                  (whether the server there is ready)"),
        Of<GenerateArguments>("generate", "let a language model write on behind prompts", GenerateCommand.RunAsync,
            "generate --model DIR --prompt TEXT",
            "generate --model DIR --input F|- [--output F]"),
        Of<ExportArguments>("export", "export other weights of a run, or a Hugging Face classifier, to ONNX",
            ExportCommand.RunAsync,
            "export --run DIR [--weights live|averaged|best] --out DIR",
            "export --model DIR --out DIR [--fuse] [--quantize int8 [--eval F]]"),
        Of<ImportArguments>("import", "make a model folder of an exported ONNX file", ImportCommand.RunAsync,
            "import FILE.onnx --out DIR"),
        Of<DoctorArguments>("doctor", "tell whether an ONNX file can be trained, and what stands against it",
            DoctorCommand.RunAsync,
            "doctor FILE.onnx"),
        Of<CompileArguments>("compile", "write the graphs of a training, for any ONNX Runtime to train with",
            CompileCommand.RunAsync,
            "compile --model DIR|F.json --num-labels N --out DIR [--task TASK] [--train-last N]"),
        Of<PackArguments>("pack", "write a folder that trains on small devices: graphs, weights, tokenizer, programs",
            PackCommand.RunAsync,
            "pack --model DIR --num-labels N|--train F --out DIR [--train-last K] [--max-size 40MB]"),
        Of<SoupArguments>("soup", "average the weights of finished runs and export the mean", SoupCommand.RunAsync,
            "soup RUN RUN... --out DIR [--recipe greedy|uniform] [--weights exported|live|averaged]"),
        Of<AverageArguments>("average", "average weights that devices or runs trained, each by what it counts",
            AverageCommand.RunAsync,
            "average CHECKPOINT CHECKPOINT... --out F [--weights 3,1]",
            "average DIR DIR|F... --out DIR [--weights 3,1]"),
        Of<ArtifactsArguments>("artifacts", "write the files with which ONNX Runtime trains a model on a device",
            ArtifactsCommand.RunAsync,
            "artifacts --model DIR --task TASK --num-labels N --out DIR [--layers-trainable N]",
            "artifacts --model DIR --task TASK --train F --label COL --method METHOD --out DIR"),
        Of<ImportCheckpointArguments>("import-checkpoint", "bring home what a device trained, as a model folder",
            ImportCheckpointCommand.RunAsync,
            "import-checkpoint CHECKPOINT --model DIR --out DIR"),
        Of<CompareArguments>("compare", "tell whether two runs differ in score, and in which settings they do",
            CompareCommand.RunAsync,
            "compare RUN RUN [--test | --data F]"),
        Of<TeacherArguments>("teacher", "run a teacher over labelled data, keep its logits and audit them",
            TeacherCommand.RunAsync,
            "teacher --model DIR --data F --text COL --label COL [--out F]",
            "teacher --logits F --data F --text COL --label COL"),
        Of<StudyArguments>("study", "run a grid of methods over seeds, and tell which differences are real",
            StudyCommand.RunAsync,
            "study FILE.json --out DIR [--jobs N]      (the same again goes on where it stopped)",
            "study FILE.json --out DIR --engine slurm [--partition P] [--cpus N] [--time T]",
            "study FILE.json --out DIR --dry-run",
            "study --report DIR"),
        Of<TuneArguments>("tune", "search settings within a time, and tell whether they beat the defaults",
            TuneCommand.RunAsync,
            "tune FILE.json --minutes N --out DIR       (the same again goes on where it stopped)",
            "tune --model DIR --train F [--eval F] [--test F] --minutes N --out DIR"),
        Of<FlatnessArguments>("flatness", "measure how flat the loss is round the weights of a run",
            FlatnessCommand.RunAsync,
            "flatness RUN [--data train|eval|F] [--out DIR]"),
        Of<BenchArguments>("bench", "time training steps, or a tokenizer", BenchCommand.RunAsync,
            "bench --model DIR --train F --text COL --label COL --batches N",
            "bench --model DIR --full-length N --batches N",
            "bench --tokenizer DIR --text-file F"),
        Of<DownloadArguments>("download", "fetch a model from the hub beforehand, and print its folder",
            DownloadCommand.RunAsync,
            "download hf:owner/name[@revision]         (what every --model takes, too)"),
        Of<DevicesArguments>("devices", "list what models can run on here, and what is missing for more",
            DevicesCommand.RunAsync,
            "devices [--json]",
            "devices --check cuda"),
        Of<InfoArguments>("info", "tell what a folder is, what is in it, and whether its files fit together",
            InfoCommand.RunAsync,
            "info DIR|hf:owner/name [--json]"),
        Of<CompletionArguments>("completion", "print a script with which a shell completes these commands",
            CompletionCommand.RunAsync,
            "completion bash|zsh|fish|powershell"),
    ];

    /// <summary>A command whose options are read into <typeparamref name="T"/>.</summary>
    public static Verb Of<T>(
        string name, string summary, Func<T, Terminal, CancellationToken, Task<int>> run, params string[] usage)
        where T : CommandArguments, new() =>
        new(name, summary, typeof(T), usage,
            (words, terminal, interruption) =>
                run(ModelWords.Resolve(ArgumentReader.Read<T>(words)), terminal, interruption));
}
