using System.Text.Json;
using System.Xml.Linq;
using OrtTrainer.Common;
using OrtTrainer.Studies.Flatness;

namespace OrtTrainer.Tests.Cli;

public sealed class FlatnessTests : DeskRunFixture
{
    private static readonly string[] Quick =
    [
        "--examples", "8", "--directions", "2", "--points", "3", "--iterations", "40", "--trace-samples", "1",
        "--threads", "1",
    ];

    [Test]
    public void The_table_has_a_column_for_the_live_and_one_for_the_averaged_weights()
    {
        CliRun run = CliRun.Of(["flatness", Model, .. Quick, "--out", Desk.File("table")]).Succeeded();

        Assert.That(run.Out, Does.Match(@"live +averaged")
            .And.Match(@"SAM sharpness, rho 0\.05 +\S+ +\S+")
            .And.Match(@"top Hessian eigenvalue +\S+ +\S+")
            .And.Match(@"Hessian trace +\S+ +\S+")
            .And.Contains($"8 examples of {Desk.Train}")
            .And.Match(@"live to averaged: \S+ apart, barrier \S+"));
        Assert.That(run.Lines[^1], Does.StartWith("Written to ").And.EndsWith("; open flatness.html."));
    }

    [Test]
    public void The_files_hold_what_json_prints()
    {
        CliRun run = CliRun.Of(["flatness", Model, .. Quick, "--json", "--out", Desk.File("json")]).Succeeded();

        FlatnessReport printed = JsonSerializer.Deserialize<FlatnessReport>(run.Lines.Single(), RunJson.Options)!;
        string written = File.ReadAllText(Desk.File("json/flatness.json"));
        Assert.That(JsonSerializer.Serialize(printed, RunJson.Indented), Is.EqualTo(written));
        Assert.That(printed.Weights, Has.Count.EqualTo(2));
        XDocument page = XDocument.Parse(File.ReadAllText(Desk.File("json/flatness.html")));
        XNamespace svg = "http://www.w3.org/2000/svg";
        Assert.That(page.Descendants().Count(e => e.Name.LocalName == "svg"), Is.EqualTo(4));
        foreach (string name in new[] { "directions-loss", "directions-score", "line-1-loss", "line-1-score" })
        {
            Assert.That(XDocument.Load(Desk.File($"json/{name}.svg")).Root!.Name, Is.EqualTo(svg + "svg"), name);
        }
    }

    [Test]
    public void Without_out_the_report_goes_into_the_run_and_replaces_an_earlier_one()
    {
        CliRun.Of(["flatness", Model, .. Quick]).Succeeded();
        CliRun.Of(["flatness", Model, .. Quick, "--data", "eval"]).Succeeded();

        FlatnessReport report = JsonSerializer.Deserialize<FlatnessReport>(
            File.ReadAllText(Path.Combine(Model, "flatness", "flatness.json")), RunJson.Options)!;
        Assert.That(report.Options.Data, Is.EqualTo("eval"));
    }

    [Test]
    public void A_folder_with_other_files_is_refused_before_the_work()
    {
        Directory.CreateDirectory(Desk.File("mine"));
        string file = Desk.Write("mine/notes.txt", "precious");

        CliRun run = CliRun.Of(["flatness", Model, .. Quick, "--out", Desk.File("mine")]);

        string refusal = "the output folder holds other files. Choose another --out, or remove it.";
        Assert.That(run, Is.EqualTo(new CliRun(1, "", $"error: {Desk.File("mine")}: {refusal}\n")));
        Assert.That(File.ReadAllText(file), Is.EqualTo("precious"));
    }

    [Test]
    public void A_folder_without_a_run_is_refused_and_nothing_is_written()
    {
        CliRun run = CliRun.Of("flatness", Desk.Model);

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.StartWith($"error: {Desk.Model}: there is no finished run; "));
        Assert.That(Directory.Exists(Path.Combine(Desk.Model, "flatness")), Is.False);
    }

    [TestCase("error: RUN is missing: give the output folder of a finished finetune.", "flatness")]
    [TestCase("error: --rho is 0; expected above 0.", "flatness", "run", "--rho", "0")]
    [TestCase("error: --points is 1; expected 2 or more.", "flatness", "run", "--points", "1")]
    [TestCase("error: --directions is 'x'; expected a whole number.", "flatness", "run", "--directions", "x")]
    [TestCase("error: b belongs to no option; quote values that contain spaces.", "flatness", "a", "b")]
    public void Bad_usage_is_said_in_one_line(string message, params string[] words) =>
        Assert.That(CliRun.Of(words), Is.EqualTo(new CliRun(2, "", message + "\n")));
}
