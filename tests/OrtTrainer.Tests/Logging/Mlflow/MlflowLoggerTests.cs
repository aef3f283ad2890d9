using System.Net;
using OrtTrainer.Common;
using OrtTrainer.Logging;
using OrtTrainer.Logging.Mlflow;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Logging.Mlflow;

public sealed class MlflowLoggerTests
{
    private static readonly MlflowTimes Quick = new(
        Answer: TimeSpan.FromSeconds(20), Gather: TimeSpan.FromMilliseconds(1), Retry: TimeSpan.FromMilliseconds(20),
        End: TimeSpan.FromSeconds(60));

    [Test]
    public void A_run_has_an_experiment_parameters_numbers_and_an_end()
    {
        using TemporaryFolder folder = new();
        using MlflowStandIn server = new();
        LoggedRun run = LoggedRuns.Of(folder.Path) with { Experiment = "support tickets" };
        using (MlflowLogger logger = new(run, new MlflowServer(server.Address, new("Bearer", "secret")), Quick))
        {
            LoggedRuns.WriteFour(logger);
            Assert.That(logger.TakeNote(), Is.Null);
        }

        MlflowStandInRun logged = server.Runs["run0"];
        Assert.That((logged.Experiment, logged.Name), Is.EqualTo(("7", "out")));
        Assert.That(logged.Parameters, Is.EqualTo(new Dictionary<string, string>
        {
            ["seed"] = "1", ["data.train"] = "\"t.tsv\"",
        }));
        Assert.That(
            logged.Metrics.Where(m => m.Key == "train/loss").Select(m => (m.Step, m.Value)),
            Is.EqualTo(new[] { (1, 1.0), (2, 0.5), (3, 1.0 / 3), (4, 0.25) }));
        Assert.That(logged.Metrics.Count(m => m.Key == "eval/live/accuracy"), Is.EqualTo(2));
        Assert.That(logged.Statuses, Is.EqualTo(new[] { "FINISHED" }));
        Assert.That(server.Authorizations, Has.All.EqualTo("Bearer secret"));
    }

    [Test]
    public void A_resumed_run_goes_on_with_the_same_run_and_doubles_no_step()
    {
        using TemporaryFolder folder = new();
        using MlflowStandIn server = new();
        using (MlflowLogger first = new(LoggedRuns.Of(folder.Path), new(server.Address, null), Quick))
        {
            first.Write(1, LoggedRuns.Loss(1));
            first.Write(2, LoggedRuns.Loss(0.5));
            first.End(isDone: false);
        }

        // Its last checkpoint is of step 1, so that step 2 is done again.
        using (MlflowLogger second = new(LoggedRuns.Of(folder.Path, step: 1), new(server.Address, null), Quick))
        {
            second.Write(2, LoggedRuns.Loss(0.5));
            second.Write(2, LoggedRuns.Score(0.25));
            second.Write(3, LoggedRuns.Loss(double.NaN));
            second.End(isDone: true);
        }

        MlflowStandInRun logged = server.Runs.Values.Single();
        Assert.That(
            logged.Metrics.Where(m => m.Key == "train/loss").Select(m => m.Step), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(logged.Metrics.Single(m => m.Key == "train/loss" && m.Step == 3).Value, Is.NaN);
        Assert.That(logged.Metrics.Count(m => m.Key == "eval/live/accuracy"), Is.EqualTo(1));
        Assert.That(logged.Statuses, Is.EqualTo(new[] { "KILLED", "RUNNING", "FINISHED" }));
    }

    [Test]
    public void A_server_that_comes_late_has_everything_in_the_end_and_one_note_was_given()
    {
        using TemporaryFolder folder = new();
        int port = MlflowStandIn.FreePort();
        using MlflowLogger logger = new(
            LoggedRuns.Of(folder.Path), new(new Uri($"http://127.0.0.1:{port}/"), null), Quick);
        logger.Write(1, LoggedRuns.Loss(1));
        string? note = null;
        Assert.That(() => note ??= logger.TakeNote(), Is.Not.Null.After(60_000, 20));

        using MlflowStandIn server = new(port);
        logger.Write(2, LoggedRuns.Loss(0.5));
        logger.End(isDone: true);

        Assert.That(note, Does.StartWith($"MLflow at http://127.0.0.1:{port}/: ").And.Contain("The run goes on"));
        Assert.That(logger.TakeNote(), Is.Null);
        Assert.That(
            server.Runs["run0"].Metrics.Where(m => m.Key == "train/loss").Select(m => m.Step),
            Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void A_server_that_never_answers_holds_no_run_up()
    {
        using TemporaryFolder folder = new();
        using MlflowStandIn server = new() { Delay = TimeSpan.FromSeconds(3) };
        MlflowTimes times = Quick with { Answer = TimeSpan.FromMilliseconds(50), End = TimeSpan.FromMilliseconds(300) };
        using MlflowLogger logger = new(LoggedRuns.Of(folder.Path), new(server.Address, null), times);
        logger.Write(1, LoggedRuns.Loss(1));

        logger.End(isDone: true);

        Assert.That(logger.TakeNote(), Does.Contain("does not answer in time"));
        Assert.That(logger.TakeNote(), Is.Null);
    }

    [Test]
    public void A_server_that_refuses_is_not_asked_again()
    {
        using TemporaryFolder folder = new();
        using MlflowStandIn server = new() { Refusal = HttpStatusCode.Unauthorized };
        using MlflowLogger logger = new(LoggedRuns.Of(folder.Path), new(server.Address, null), Quick);
        LoggedRuns.WriteFour(logger);

        Assert.That(logger.TakeNote(), Does.Contain("runs/create was refused with status 401: not today"));
        Assert.That(server.Authorizations, Has.Count.EqualTo(1));
    }

    [TestCase(null, null, null, null)]
    [TestCase(null, null, "t", "Bearer t")]
    [TestCase("me", null, "t", "Bearer t")]
    [TestCase("me", "pass", "t", "Basic bWU6cGFzcw==")]
    public void The_environment_says_who_asks(string? user, string? password, string? token, string? expected)
    {
        Dictionary<string, string?> variables = new()
        {
            ["MLFLOW_TRACKING_URI"] = "https://host:5000/mlflow/", ["MLFLOW_TRACKING_USERNAME"] = user,
            ["MLFLOW_TRACKING_PASSWORD"] = password, ["MLFLOW_TRACKING_TOKEN"] = token,
        };

        MlflowServer server = MlflowServer.Of(variables.GetValueOrDefault);

        Assert.That(server.Address.ToString(), Is.EqualTo("https://host:5000/mlflow/"));
        Assert.That(server.Authorization?.ToString(), Is.EqualTo(expected));
    }

    [TestCase(null, "MLFLOW_TRACKING_URI is not set")]
    [TestCase("databricks", "MLFLOW_TRACKING_URI is 'databricks'")]
    [TestCase("file:///tmp/mlruns", "MLFLOW_TRACKING_URI is 'file:///tmp/mlruns'")]
    public void An_address_that_cannot_be_asked_is_refused(string? address, string expected) => Assert.That(
        () => MlflowServer.Of(name => name == "MLFLOW_TRACKING_URI" ? address : null),
        Throws.TypeOf<RunException>().With.Message.StartsWith(expected)
            .And.Message.Contains("http://localhost:5000"));
}
