using System.Text;
using OrtTrainer.Graph;
using OrtTrainer.Runtime.Profiling;

namespace OrtTrainer.Tests.Runtime.Profiling;

public sealed class ProfileFileTests
{
    private const string Opening =
        """
        [
        {"cat" : "Session","pid" :7,"tid" :7,"dur" :420,"ts" :1,"ph" : "X","name" :"model_loading_array","args" : {}},
        {"cat" : "Session","pid" :7,"tid" :7,"dur" :910,"ts" :9,"ph" : "X","name" :"session_initialization","args" : {}}
        """;

    private const string Product =
        """
        {"cat" : "Node","pid" :7,"tid" :7,"dur" :250,"ts" :20,"ph" : "X","name" :"layer/Gemm_kernel_time","args" :
        {"op_name" : "Gemm","provider" : "CPUExecutionProvider","node_index" : "4","output_size" : "24",
        "input_type_shape" : [{"float":[2,5]},{"float":[3,5]},{"float":[3]}],
        "output_type_shape" : [{"float":[2,3]}],"thread_scheduling_stats" : "{'main_thread': {}}"}}
        """;

    private const string Lookup =
        """
        {"cat" : "Node","pid" :7,"tid" :7,"dur" :3,"ts" :25,"ph" : "X","name" :"Gather_kernel_time","args" :
        {"op_name" : "Gather","provider" : "CPUExecutionProvider",
        "input_type_shape" : [{"float16":[10,4]},{"int64":[]}],"output_type_shape" : [{"float16":[4]}]}}
        """;

    private const string Executor =
        """
        {"cat" : "Session","pid" :7,"tid" :7,"dur" :280,"ts" :19,"ph" : "X","name" :"SequentialExecutor::Execute",
        "args" : {}}
        """;

    [Test]
    public void Nodes_belong_to_the_run_that_ends_after_them()
    {
        IReadOnlyList<ProfiledRun> runs =
            Read(Opening, Product, Lookup, Executor, Run(300), Lookup, Executor, Run(1_500_000));

        Assert.That(runs.Select(run => run.Seconds), Is.EqualTo(new[] { 300e-6, 1.5 }));
        Assert.That(runs[0].Nodes.Select(node => node.Operator), Is.EqualTo(new[] { "Gemm", "Gather" }));
        Assert.That(runs[1].Nodes.Select(node => node.Operator), Is.EqualTo(new[] { "Gather" }));
    }

    [Test]
    public void A_node_has_name_time_types_and_shapes()
    {
        ProfiledNode node = Read(Product, Run(300))[0].Nodes.Single();

        Assert.That((node.Name, node.Seconds), Is.EqualTo(("layer/Gemm", 250e-6)));
        Assert.That(node.Inputs.Select(input => input.Type), Is.All.EqualTo(ElementType.Float));
        Assert.That(node.Inputs.Select(input => input.Shape),
            Is.EqualTo(new long[][] { [2, 5], [3, 5], [3] }));
        Assert.That(node.Outputs.Single().Shape, Is.EqualTo(new long[] { 2, 3 }));
        Assert.That(node.Bytes, Is.EqualTo(4 * (10 + 15 + 3 + 6)));
    }

    [Test]
    public void Bytes_follow_the_element_type_and_a_scalar_is_one_element() =>
        Assert.That(Read(Lookup, Run(5))[0].Nodes.Single().Bytes, Is.EqualTo((2 * 40) + 8 + (2 * 4)));

    [Test]
    public void Strings_have_a_shape_but_no_bytes()
    {
        string strings = Lookup.Replace("{\"int64\":[]}", "{\"string\":[6]}", StringComparison.Ordinal);

        ProfiledTensor tensor = Read(strings, Run(5))[0].Nodes.Single().Inputs[1];

        Assert.That((tensor.Type, tensor.Elements, tensor.Bytes), Is.EqualTo(((ElementType?)null, 6L, 0L)));
    }

    [Test]
    public void A_session_that_never_ran_has_no_runs() => Assert.That(Read(Opening), Is.Empty);

    private static IReadOnlyList<ProfiledRun> Read(params string[] events)
    {
        string joined = string.Join(",\n", events);
        string list = joined.StartsWith('[') ? joined : "[" + joined;
        using MemoryStream file = new(Encoding.UTF8.GetBytes(list + "]\n"));
        return ProfileFile.Read(file);
    }

    private static string Run(int microseconds) =>
        $$$"""{"cat" : "Session","dur" :{{{microseconds}}},"ts" :18,"ph" : "X","name" :"model_run","args" : {}}""";
}
