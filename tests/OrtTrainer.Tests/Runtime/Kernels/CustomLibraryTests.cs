using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>Kernels of the caller's own, beside or in the place of those of the assembly.</summary>
public sealed class CustomLibraryTests
{
    private static readonly KernelLibrary Sevens = new([Constant("Gelu", 7)]), Eights = new([Constant("Gelu", 8)]);

    private static byte[] Model { get; } = new TestModel()
        .Input("x", ElementType.Float, "N").Input("key", ElementType.Int64, "2").Output("y", ElementType.Float)
        .Fused("Gelu", ["x"], ["a"]).Fused("Gelu", ["a"], ["b"])
        .Fused("Dropout", ["b", "key"], ["y"], ("p", 0f), ("site", 0)).WithBody("Gelu").WithBody("Dropout").Bytes();

    [Test]
    public void A_library_decides_which_operators_run_as_kernels()
    {
        using GraphSession none = Open(null), one = Open(Sevens), all = Open(KernelLibrary.Default);

        Assert.That(none.Kernels, Is.Empty);
        Assert.That(one.Kernels, Is.EqualTo(new[] { "Gelu" }));
        Assert.That(all.Kernels, Is.EqualTo(new[] { "Dropout", "Gelu" }), "once each, in alphabetical order");
    }

    [Test]
    public void An_operator_without_a_kernel_runs_as_its_body()
    {
        using GraphSession none = Open(null), one = Open(Sevens), all = Open(KernelLibrary.Default);
        double expected = Reference.Gelu(Reference.Gelu(0.5, false), false);

        Assert.That(Run(none, 0.5f), Is.EqualTo(expected).Within(1e-7));
        Assert.That(Run(all, 0.5f), Is.EqualTo(expected).Within(1e-7));
        Assert.That(Run(one, 0.5f), Is.EqualTo(7));
    }

    [Test]
    public void Two_libraries_with_kernels_of_one_name_do_not_meet()
    {
        using GraphSession first = Open(Sevens), second = Open(Eights), third = Open(Sevens);

        Assert.That(new[] { Run(first, 1), Run(second, 1), Run(third, 1), Run(first, 1) },
            Is.EqualTo(new float[] { 7, 8, 7, 7 }));
    }

    [Test]
    public void Sessions_opened_on_several_threads_each_list_their_own_kernels()
    {
        IReadOnlyList<string>[] kernels = new IReadOnlyList<string>[12];

        Parallel.For(0, kernels.Length, i =>
        {
            using GraphSession session = Open(i % 3 == 0 ? null : i % 3 == 1 ? Sevens : KernelLibrary.Default);
            kernels[i] = session.Kernels;
        });

        Assert.That(kernels.Select(k => k.Count), Is.EqualTo(Enumerable.Range(0, 12).Select(i => i % 3)));
    }

    [Test]
    public void A_refused_model_leaves_nothing_in_the_list_of_the_next()
    {
        byte[] refused = new TestModel().Input("x", ElementType.Float, "N").Output("y", ElementType.Float)
            .Fused("Gelu", ["x"], ["a"]).Fused("LayerNorm", ["a"], ["y"]).Bytes();

        Assert.That(
            () => GraphSession.FromBytes(refused, new ExecutionOptions()), Throws.TypeOf<RuntimeFailureException>());
        using GraphSession next = GraphSession.FromBytes(
            new TestModel().Input("x", ElementType.Float, "N").Output("y", ElementType.Float)
                .Node("Neg", ["x"], ["y"]).Bytes(), new ExecutionOptions());

        Assert.That(next.Kernels, Is.Empty);
    }

    [Test]
    public void Two_kernels_of_one_name_are_refused() =>
        Assert.That(
            () => new KernelLibrary([Constant("Gelu", 1), Constant("Tanh", 2), Constant("Gelu", 3)]),
            Throws.ArgumentException.With.Message.Contains("Gelu"));

    [Test]
    public void A_kernel_that_makes_no_output_is_found_out()
    {
        KernelLibrary idle = new([new KernelDefinition("Idle", [ElementType.Float], 1, _ => new Idle())]);

        Assert.That(
            () => new KernelRun("Idle").With([1f], 1).Outputs(1, 1, idle),
            Expect.Refusal("Idle: output o0 is no tensor after the run"));
    }

    private static KernelDefinition Constant(string name, float value) =>
        new(name, [ElementType.Float], 1, _ => new Filling(value));

    private static GraphSession Open(KernelLibrary? library) =>
        GraphSession.FromBytes(Model, new ExecutionOptions { IntraOpThreads = 1 }, library);

    private static float Run(GraphSession session, float x)
    {
        using Binding binding = session.CreateBinding();
        binding.SetInput("x", [x], [1]);
        binding.SetInput("key", [1L, 2], [2]);
        binding.BindOutput("y");
        binding.Run();
        return binding.Output("y")[0];
    }

    private sealed unsafe class Filling(float value) : Kernel
    {
        public override void Compute(in KernelContext context)
        {
            KernelTensor input = context.Input(0);
            new Span<float>(context.Output(0, input.Shape).Floats, (int)input.Length).Fill(value);
        }
    }

    private sealed class Idle : Kernel
    {
        public override void Compute(in KernelContext context)
        {
        }
    }
}
