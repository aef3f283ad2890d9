using OrtTrainer.Common;
using OrtTrainer.Studies;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Studies;

/// <summary>Files of a study's run that were damaged are named, whatever reads them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StudyRunFolderTests : IDisposable
{
    private const string Evaluation = """{"step":1,"eval":{"live":{"accuracy":0.5},"averaged":null}}""";
    private readonly TemporaryFolder _folder = new();

    public StudyRunFolderTests() => Directory.CreateDirectory(_folder.File("seed-1/run"));

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Evaluations_are_read_in_order()
    {
        _folder.Write("seed-1/run/metrics.jsonl", $"{{\"step\":1,\"loss\":2}}\n{Evaluation}\n");

        Assert.That(Run().ReadCurve().Select(point => (point.Step, point.Live["accuracy"], point.Averaged)),
            Is.EqualTo(new[] { (1L, 0.5, (IReadOnlyDictionary<string, double>?)null) }));
    }

    [TestCase("""{"step":2,"eval":null}""")]
    [TestCase("""{"step":2,"eval":{"live":null}}""")]
    [TestCase("""{"step":2,"eval":{"live":{""")]
    [TestCase("""["eval"]""")]
    public void An_evaluation_that_is_none_is_named_with_its_line(string line)
    {
        _folder.Write("seed-1/run/metrics.jsonl", $"{Evaluation}\n{line}\n");

        Assert.That(() => Run().ReadCurve(), Throws.TypeOf<RunException>().With.Message
            .StartsWith($"{_folder.File("seed-1/run/metrics.jsonl")}, line 2: not the evaluations of a run: "));
    }

    [Test]
    public void Evaluations_that_are_missing_are_named()
    {
        Assert.That(() => Run().ReadCurve(), Throws.TypeOf<RunException>().With.Message.Contains("metrics.jsonl"));
    }

    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("")]
    public void A_failure_that_is_no_text_is_named(string content)
    {
        _folder.Write("seed-1.failed.json", content);

        Assert.That(() => Run().ReadFailure(), Throws.TypeOf<StudyException>().With.Message
            .StartsWith($"{_folder.File("seed-1.failed.json")}: expected one text in quotes"));
    }

    private StudyRunFolder Run() => new(_folder.File("seed-1"));
}
