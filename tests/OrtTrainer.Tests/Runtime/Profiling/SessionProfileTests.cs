using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Profiling;

namespace OrtTrainer.Tests.Runtime.Profiling;

public sealed class SessionProfileTests
{
    private static readonly ExecutionOptions Profiling = new() { IntraOpThreads = 1, Profile = true };

    private static byte[] Model { get; } = new TestModel()
        .Input("x", ElementType.Float, "N", "3")
        .Input("w", ElementType.Float, "3", "2")
        .Output("y", ElementType.Float, "N", "2")
        .Node("MatMul", ["x", "w"], ["xw"])
        .Fused("Gelu", ["xw"], ["y"])
        .Bytes();

    [Test]
    public void Every_run_is_there_with_its_nodes_and_shapes()
    {
        using GraphSession session = GraphSession.FromBytes(Model, Profiling);
        using Binding binding = session.CreateBinding();
        Run(binding, rows: 4);
        Run(binding, rows: 7);

        IReadOnlyList<ProfiledRun> runs = session.EndProfiling();

        Assert.That(runs, Has.Count.EqualTo(2));
        Assert.That(runs.SelectMany(run => run.Nodes.Select(node => node.Operator)),
            Is.EqualTo(new[] { "MatMul", "Gelu", "MatMul", "Gelu" }));
        Assert.That(runs[1].Nodes[0].Inputs.Select(input => input.Shape), Is.EqualTo(new long[][] { [7, 3], [3, 2] }));
        Assert.That(runs[1].Nodes[1].Outputs.Single().Shape, Is.EqualTo(new long[] { 7, 2 }));
        Assert.That(runs.Select(run => run.Seconds - run.Nodes.Sum(node => node.Seconds)), Is.All.GreaterThan(0));
    }

    [Test]
    public void Runs_after_the_end_compute_on_and_are_not_in_a_second_profile()
    {
        using GraphSession session = GraphSession.FromBytes(Model, Profiling);
        using Binding binding = session.CreateBinding();
        Assert.That(session.EndProfiling(), Is.Empty);

        Run(binding, rows: 4);

        Assert.That(binding.OutputShape("y"), Is.EqualTo(new long[] { 4, 2 }));
        Assert.That(session.EndProfiling,
            Throws.InvalidOperationException.With.Message.EqualTo(
                "Profiling of this session has ended; it ends once."));
    }

    [Test]
    public void A_session_that_does_not_profile_says_how_it_would()
    {
        using GraphSession session = GraphSession.FromBytes(Model, Profiling with { Profile = false }, name: "plain");

        Assert.That(session.EndProfiling,
            Throws.InvalidOperationException.With.Message.EqualTo(
                "plain does not profile; open it with ExecutionOptions.Profile."));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void No_file_is_left(bool asked)
    {
        string[] before = Files();
        using (GraphSession session = GraphSession.FromBytes(Model, Profiling))
        {
            Assert.That(Files(), Has.Length.EqualTo(before.Length + 1), "where the file lies until then");
            if (asked)
            {
                session.EndProfiling();
            }
        }

        Assert.That(Files(), Is.EqualTo(before));

        static string[] Files() => Directory.GetFiles(Path.GetTempPath(), $"orttrainer-{Environment.ProcessId}-*.json");
    }

    private static void Run(Binding binding, int rows)
    {
        binding.SetInput("x", Reference.Random(1, rows * 3), [rows, 3]);
        binding.SetInput("w", Reference.Random(2, 6), [3, 2]);
        binding.BindOutput("y");
        binding.Run();
    }
}
