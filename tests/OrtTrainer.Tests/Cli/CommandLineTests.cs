using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using OrtTrainer.Cli;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Methods;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Cli;

public sealed class CommandLineTests
{
    [TestCase("finetune --epoch 3", "--epoch is unknown; did you mean --epochs?")]
    [TestCase("finetune --bathc-size 3", "--bathc-size is unknown; did you mean --batch-size?")]
    [TestCase("finetune --zzz", "--zzz is unknown; see --help.")]
    [TestCase("finetune --Epochs 3", "--Epochs is unknown; did you mean --epochs?")]
    [TestCase("predict --epochs 3", "--epochs is unknown; see --help.")]
    [TestCase("finetun", "finetun is unknown; did you mean finetune?")]
    [TestCase("train",
        "train is unknown; the commands are finetune, init, debug-data, lr-find, pretrain, tokenizer, "
            + "evaluate, predict, serve, generate, export, import, doctor, compile, pack, soup, average, artifacts, "
            + "import-checkpoint, "
            + "compare, "
        + "teacher, study, tune, flatness, bench, download, devices, info, completion. See orttrainer --help.")]
    [TestCase("finetune --epochs", "--epochs needs a number.")]
    [TestCase("finetune --epochs --seed 1", "--epochs needs a number.")]
    [TestCase("finetune --model", "--model needs a value.")]
    [TestCase("finetune --lr 0,001", "--lr is '0,001'; expected a number.")]
    [TestCase("finetune --epochs=1,5", "--epochs is '1,5'; expected a number.")]
    [TestCase("tune --minutes 1,5", "--minutes is '1,5'; expected a number.")]
    [TestCase("tune --minutes=1,5", "--minutes is '1,5'; expected a number.")]
    [TestCase("finetune --epochs three", "--epochs is 'three'; expected a number.")]
    [TestCase("finetune --epochs=three", "--epochs is 'three'; expected a number.")]
    [TestCase("finetune --max-steps 1.5", "--max-steps is '1.5'; expected a whole number.")]
    [TestCase("finetune --max-steps 99999999999999999999",
        "--max-steps is '99999999999999999999'; expected a whole number.")]
    [TestCase("finetune --seed 1 --seed 2", "--seed is given twice.")]
    [TestCase("finetune some words", "some belongs to no option; quote values that contain spaces.")]
    [TestCase("finetune --epochs 0", "--epochs is 0; expected above 0.")]
    [TestCase("finetune --epochs -1", "--epochs is -1; expected above 0.")]
    [TestCase("finetune --lr -1", "--lr is -1; expected 0 or more.")]
    [TestCase("finetune --lr NaN", "--lr is NaN; expected a finite number.")]
    [TestCase("finetune --clip 0", "--clip is 0; expected above 0.")]
    [TestCase("finetune --swa-start 1", "--swa-start is 1; expected from 0 to below 1.")]
    [TestCase("finetune --eval-fraction 1", "--eval-fraction is a share between 0 and 1, both excluded.")]
    [TestCase("finetune --method swa+ema",
        "swa and ema exclude each other: both say how weights are averaged. Choose one.")]
    [TestCase("finetune --alpha 0.5",
        "--alpha belongs to the method tf-reg or distillation or self-distillation or r-drop; the method is swa.")]
    [TestCase("finetune --method focal --epsilon 0.5",
        "--epsilon belongs to the method label-smoothing or poly-1; the method is focal.")]
    [TestCase("finetune --method tf-reg --alpha 2", "--alpha is 2; expected from 0 to 1.")]
    [TestCase("finetune --method tf-reg --confidence 0.2", "--confidence is 0.2; expected from 0.9 to below 1.")]
    [TestCase("finetune --method distillation --teacher T --temperature 0", "--temperature is 0; expected above 0.")]
    [TestCase("finetune --method distillation --teacher T --temperature-squared maybe",
        "--temperature-squared is 'maybe'; expected yes or no.")]
    [TestCase("finetune --method label-smoothing --smoothing both",
        "--smoothing is 'both'; expected uniform or others.")]
    [TestCase("finetune --class-weights yes:2",
        "--class-weights has 'yes:2'; expected balanced, or a number for every label, such as yes=2,no=1.")]
    [TestCase("finetune --teacher T",
        "--teacher is given, but swa learns from none. Add distillation to the method, or leave the teacher out.")]
    [TestCase("finetune --method distillation", "--teacher is missing: distillation learns from one. "
        + "Give a fine-tuned model or a file of logits, or take self-distillation, which trains its own.")]
    [TestCase("finetune --swa-rate x", "--swa-rate is 'x'; expected constant, cyclical or anneal.")]
    [TestCase("finetune --task regresion",
        "--task is 'regresion'; expected classification, multi_label, regression, token_classification, "
        + "question_answering, sentence_similarity, masked_lm, causal_lm, seq2seq or image_classification. "
        + "Did you mean regression?")]
    [TestCase("finetune --layers 0,x", "--layers is '0,x'; expected numbers between commas, such as 0,2,4.")]
    [TestCase("finetune --columns a,a", "--columns gives the name 'a' to more than one column.")]
    [TestCase("finetune --delimiter ab", "--delimiter is 'ab'; expected one character, or tab.")]
    [TestCase("predict --model M --input F --delimiter ab", "--delimiter is 'ab'; expected one character, or tab.")]
    [TestCase("finetune --quiet --json", "--quiet and --json exclude each other: events, or nothing but the result.")]
    [TestCase("finetune --resume", "--resume needs the folder of the run: --resume DIR.")]
    [TestCase("finetune --resume DIR --epochs 2", "--resume goes on with the options of the run; leave --epochs out.")]
    [TestCase("finetune --resume A --out B", "--resume and --out name different folders; leave --out out.")]
    [TestCase("finetune --train F",
        "--model is missing: give the folder of a pre-trained model as --model DIR, or "
        + "--model embedded for the small one that is here; without both --model and --train, the embedded ones are "
        + "used.")]
    [TestCase("finetune --model DIR", "--train is missing: give the file to train on as --train F; "
        + "without both --model and --train, the embedded ones are used.")]
    [TestCase("evaluate", "--model is missing: give the folder of a fine-tuned model.")]
    [TestCase("evaluate --model DIR",
        "--data is missing: give a file of labelled texts, or of plain ones for masked_lm.")]
    [TestCase("predict --model DIR", "--input is missing: give a file of texts, or - for standard input.")]
    [TestCase("export --run DIR", "--out is missing: give a new folder to export to.")]
    [TestCase("export --out DIR",
        "give either --run DIR, a finished run, or --model DIR, a fine-tuned model in Hugging Face layout.")]
    [TestCase("export --model A --weights live --out B",
        "--weights chooses among those of a run; a model has one set.")]
    [TestCase("bench", "--model is missing: give the folder of a pre-trained model.")]
    [TestCase("bench --tokenizer DIR", "--text-file is missing: give a file of UTF-8 text to tokenize.")]
    public void Bad_usage_is_one_line_that_says_what_to_write(string words, string expected)
    {
        CliRun run = CliRun.Of(words.Split(' '));

        Assert.That(run, Is.EqualTo(new CliRun(2, "", $"error: {expected}\n")));
    }

    [Test]
    public void An_unknown_method_lists_those_there_are()
    {
        CliRun run = CliRun.Of("finetune", "--method", "distilation");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("error: --method is 'distilation'; expected finetune, label-smoothing, ")
            .And.Contain(string.Join(", ", FineTuneMethod.Words)).And.EndWith(" Did you mean distillation?\n"));
    }

    [Test]
    public void An_unknown_metric_is_bad_usage_and_the_message_lists_those_there_are()
    {
        CliRun run = CliRun.Of("finetune", "--metric", "acuracy");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error,
            Does.StartWith("error: There is no metric 'acuracy' for classification; expected one of accuracy, f1,"));
    }

    [Test]
    public void Without_a_command_the_overview_goes_to_standard_error()
    {
        CliRun run = CliRun.Of();

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Out, Is.Empty);
        Assert.That(run.Error, Does.Match("\n  finetune +fine-tune a model"));
    }

    [Test]
    public void The_version_is_told_in_the_first_line_and_below_what_the_program_runs_on()
    {
        IReadOnlyList<string> lines = CliRun.Of("--version").Succeeded().Lines;

        Assert.That(lines, Has.Count.EqualTo(4));
        Assert.That(lines[0], Does.Match(@"^orttrainer \d+\.\d+\.\d+$"));
        Assert.That(lines[1], Does.StartWith(
            $"ONNX Runtime {GraphSession.RuntimeVersion}; .NET {Environment.Version};"));
        Assert.That(lines[2].Contains("AVX2"), Is.EqualTo(Avx2.IsSupported));
        Assert.That(lines[3], Does.Match("^CUDA: (not )?in this build$"));
    }

    [Test]
    public void The_version_is_told_as_JSON()
    {
        using JsonDocument version = JsonDocument.Parse(CliRun.Of("--version", "--json").Succeeded().Out);

        Assert.That(version.RootElement.GetProperty("version").GetString(), Is.EqualTo(CommandProgram.Version));
        Assert.That(version.RootElement.GetProperty("kernels").GetInt32(), Is.GreaterThanOrEqualTo(0));
    }

    [Test]
    public void Verbose_adds_where_an_error_happened()
    {
        CliRun run = CliRun.Of("finetune", "--model", "/no/such/folder", "--train", "f.tsv", "--verbose");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith("error: /no/such/folder: there is no such folder."));
        Assert.That(run.Error, Does.Contain("   at OrtTrainer.Cli."));
    }
}
