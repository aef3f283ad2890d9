using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Tests.Runtime;

public sealed class KernelLibraryTests
{
    private static readonly KernelLibrary Faulty = new(
    [
        new KernelDefinition("FailsToStart", [ElementType.Float], 1, _ => throw new ArgumentException("no such thing")),
        new KernelDefinition("FailsToRun", [ElementType.Float], 1, _ => new FailingKernel(inBlock: false)),
        new KernelDefinition("FailsInABlock", [ElementType.Float], 1, _ => new FailingKernel(inBlock: true)),
        new KernelDefinition("CountsBlocks", [ElementType.Float], 1, _ => new CountingKernel()),
    ]);

    [Test]
    public void A_kernel_that_cannot_be_created_refuses_the_model() =>
        Assert.That(() => Run("FailsToStart"),
            Expect.Refusal("FailsToStart: no such thing"));

    [Test]
    public void An_exception_in_a_kernel_fails_the_run_with_its_message() =>
        Assert.That(() => Run("FailsToRun"), Expect.Refusal("at once"));

    [Test]
    public void An_exception_on_a_worker_thread_fails_the_run_with_its_message() =>
        Assert.That(() => Run("FailsInABlock"), Expect.Refusal("in block 3"));

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(1000)]
    public void Every_block_runs_once(int blocks) =>
        Assert.That(
            new KernelRun("CountsBlocks").With(new float[blocks], blocks).Outputs(1, 2, Faulty)[0], Is.All.EqualTo(1f));

    [Test]
    public void A_session_lists_the_kernels_it_uses()
    {
        byte[] model = new TestModel()
            .Input("x", ElementType.Float, "N").Input("key", ElementType.Int64, "2").Output("y", ElementType.Float)
            .Fused("Dropout", ["x", "key"], ["d"], ("p", 0.1f), ("site", 0)).Node("Neg", ["d"], ["y"]).Bytes();

        using GraphSession session = GraphSession.FromBytes(model, new ExecutionOptions());

        Assert.That(session.Kernels, Is.EqualTo(new[] { "Dropout" }));
    }

    [Test]
    public void An_operator_without_kernel_and_without_body_is_refused() =>
        Assert.That(() => Run("NoSuchOperator"),
            Expect.Refusal("NoSuchOperator"));

    private static float[] Run(string op) => new KernelRun(op).With([1f, 2], 2).Outputs(1, 2, Faulty)[0];

    private sealed class FailingKernel(bool inBlock) : Kernel
    {
        public override void Compute(in KernelContext context)
        {
            if (!inBlock)
            {
                throw new InvalidOperationException("at once");
            }

            context.ParallelFor(8, default(Blocks));
        }

        private struct Blocks : IBlocks
        {
            public readonly void Run(int block)
            {
                if (block == 3)
                {
                    throw new InvalidOperationException($"in block {block}");
                }
            }
        }
    }

    private sealed unsafe class CountingKernel : Kernel
    {
        public override void Compute(in KernelContext context)
        {
            KernelTensor input = context.Input(0);
            float* counts = context.Output(0, input.Shape).Floats;
            new Span<float>(counts, (int)input.Length).Clear();
            context.ParallelFor((int)input.Length, new Blocks { Counts = counts });
        }

        private struct Blocks : IBlocks
        {
            public float* Counts;

            public readonly void Run(int block) => Counts[block]++;
        }
    }
}
