using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Commands;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tests.Runtime.Updates;

namespace OrtTrainer.Tests.Cli;

public sealed class BaselineSettingsTests
{
    private const string Needed = "--model M --train T.csv --out O";

    [Test]
    public void Every_option_reaches_the_method_that_runs()
    {
        FineTuneOptions sam = Settings(
            "--method sam+lawa --rho 0.2 --window 4 --interval 3 --mixout 0.3 --layer-decay 0.9");
        FineTuneOptions asam = Settings("--method asam+swag --rho 0.7 --eta 0.1 --samples 5 --scale 1");
        FineTuneOptions lookahead = Settings("--method lookahead --period 6 --share 0.8");

        Assert.That(sam.Method.Parts,
            Is.EqualTo(new MethodPart[] { new Sam { Rho = 0.2 }, new Lawa { Window = 4, Interval = 3 } }));
        Assert.That((sam.Mixout, sam.LayerDecay), Is.EqualTo((0.3, 0.9)));
        Assert.That(asam.Method.Parts,
            Is.EqualTo(new MethodPart[] { new Asam { Rho = 0.7, Eta = 0.1 }, new Swag { Samples = 5, Scale = 1 } }));
        Assert.That(lookahead.Method.Parts, Is.EqualTo(new[] { new Lookahead { Period = 6, Share = 0.8 } }));
    }

    [TestCase("--method swa --rho 0.1", "--rho belongs to the method sam or asam; the method is swa.")]
    [TestCase("--method sam --eta 0.1", "--eta belongs to the method asam; the method is sam.")]
    [TestCase("--method ema --swa-start 0.1", "--swa-start belongs to the method swa or swag; the method is ema.")]
    [TestCase("--method lawa --interval 0", "--interval is 0; expected 1 or more.")]
    [TestCase("--swa-interval 0", "--swa-interval is 0; expected 1 or more.")]
    [TestCase("--swa-rate cyclical --swa-interval 1", "--swa-interval is 1, the length of a cycle of the rate;")]
    [TestCase("--method swag --samples 2 --samples 3", "--samples is given twice.")]
    [TestCase("--method swag --samples", "--samples needs a whole number.")]
    [TestCase("--from-scratch=yes", "--from-scratch takes no value; found --from-scratch=yes.")]
    [TestCase("--method swag --samples few", "--samples is 'few'; expected a whole number.")]
    [TestCase("--window 3", "--window belongs to the method lawa; the method is swa.")]
    [TestCase("--method sam --rho 0", "--rho is 0; expected above 0.")]
    [TestCase("--method swag --samples 0", "--samples is 0; expected 1 or more.")]
    [TestCase("--mixout 1", "--mixout is 1; expected from 0 to below 1.")]
    [TestCase("--layer-decay 2", "--layer-decay is 2; expected from 0 to 1.")]
    [TestCase("--lora r=0", "--lora has 'r=0'; expected r=8,alpha=16,targets=query+value,dropout=0.05,rslora=yes,")]
    [TestCase("--lora r=4 --layers 0", "--lora and --layers are both given: adapters belong to the whole model.")]
    [TestCase("--mixout 0.5 --from-scratch", "--mixout mixes weights with their pre-trained values")]
    public void What_does_not_fit_is_refused_with_the_option_s_name(string words, string message)
    {
        CliRun run = CliRun.Of(["finetune", .. Needed.Split(' '), .. words.Split(' ')]);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith($"error: {message}"));
    }

    [TestCase("--method sam", "gradient uphill by 0.05, two passes")]
    [TestCase("--method asam+swa", "gradient uphill by 0.5 of |w| + 0.01, two passes")]
    [TestCase("--method lookahead", "slow weights go 0.5 of the way every 5 steps; shown as the average")]
    [TestCase("--mixout 0.7 --layer-decay 0.8", "mixout 0.7 in encoder matrices; rate times 0.8 per layer down")]
    [TestCase("--lora r=4,alpha=8,dropout=0.1", "LoRA of rank 4, scale 2, dropout 0.1")]
    [TestCase("--method ema", null)]
    public void The_step_in_words(string words, string? expected) =>
        Assert.That(PartLines.Step(Settings(words)), Is.EqualTo(expected));

    [Test]
    public void Runs_print_their_step_and_their_draws()
    {
        using DeskTask desk = new();

        CliRun run = CliRun.Of(desk.Finetune("out", "--method", "sam+swag", "--samples", "2")).Succeeded();

        Assert.That(run.Lines, Has.Some.EqualTo("step         gradient uphill by 0.05, two passes"));
        Assert.That(run.Lines, Has.Some.StartsWith(
            "method       sam+swag from 50% of the steps on, every step, 2 draws of "
            + "N(mean, 0.5 variance), learning rate"));
        Assert.That(run.Out, Does.Match(@"\n  mean of draws +\d\.\d{4} +\d\.\d{4} +\d\.\d{4} +\n"));
    }

    [Test]
    public void The_average_of_every_kind_can_be_exported_later()
    {
        using DeskTask desk = new();
        foreach (string method in new[] { "lookahead", "lawa", "swag" })
        {
            string[] interval = method switch
            {
                "lookahead" => ["--period", "2"],
                "lawa" => ["--interval", "2"],
                _ => [],
            };
            CliRun.Of([.. desk.Finetune(method, "--method", method, "--quiet"), .. interval]).Succeeded();

            CliRun run = CliRun.Of("export", "--run", desk.File(method), "--out", desk.File(method + "-averaged"));

            Assert.That(run.Succeeded().Lines[0], Does.StartWith("Exported the averaged weights of"));
        }
    }

    private static FineTuneOptions Settings(string words) =>
        FinetuneSettings.Of(ArgumentReader.Read<FinetuneArguments>($"{Needed} {words}".Split(' ')));
}
