using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>What a kernel of the caller's own sees, and what becomes of its failures.</summary>
public sealed class KernelContextTests
{
    private static readonly int[] Counts = new int[64];

    private static readonly KernelLibrary Library = new(
    [
        new KernelDefinition("Describe", [ElementType.Float], 1, _ => new Describing()),
        new KernelDefinition("SumOfInts", [ElementType.Int64], 1, _ => new SummingInts()),
        new KernelDefinition("Attributes", [ElementType.Float], 1, attributes => new Repeating(attributes)),
        new KernelDefinition("FailingBlocks", [ElementType.Float], 1, _ => new Failing()),
    ]);

    [TestCase(new long[] { })]
    [TestCase(new long[] { 5 })]
    [TestCase(new long[] { 2, 0, 3 })]
    [TestCase(new long[] { 2, 3, 1, 4 })]
    public void A_tensor_has_the_shape_it_was_given(long[] shape)
    {
        long length = shape.Aggregate(1L, (a, b) => a * b);

        float[] seen = new KernelRun("Describe").With(new float[length], shape).Outputs(1, 1, Library)[0];

        Assert.That(seen, Is.EqualTo(new float[] { shape.Length, length, $"[{string.Join(", ", shape)}]".Length }));
    }

    [Test]
    public void Integers_arrive_whole()
    {
        // Neither fits into 32 bits or into a float32's precision.
        long[] values = [long.MaxValue, long.MinValue, 1L << 40, (1L << 40) + 3];

        float[] sum = new KernelRun("SumOfInts").With(values, 4).Outputs(1, 1, Library)[0];

        Assert.That(sum, Is.EqualTo(new[] { (float)((1L << 41) + 2) }));
    }

    [Test]
    public void Attributes_of_every_type_arrive()
    {
        float[] seen = Attributes(("number", 0.1f), ("count", -7), ("text", "größer"));

        Assert.That(seen, Is.EqualTo(new[] { 0.1f, -7, "größer".Length, 'ö' }));
    }

    [Test]
    public void Empty_text_is_an_attribute_and_a_missing_one_is_not() =>
        Assert.Multiple(() =>
        {
            Assert.That(Attributes(("number", 1f), ("count", 2), ("text", ""))[2], Is.Zero);
            Assert.That(
                () => Attributes(("number", 1f), ("count", 2)),
                Expect.Refusal("Attributes: a node Attributes lacks its string attribute text."));
        });

    [Test]
    public void All_blocks_end_before_a_failure_is_thrown_and_the_session_goes_on()
    {
        Array.Clear(Counts);
        using OpenKernel kernel = new KernelRun("FailingBlocks").With([3f], 1).Open(1, 2, Library);

        Assert.That(kernel.Run, Expect.Refusal("block fails: ünlucky"));
        Assert.That(Counts, Is.All.EqualTo(1), "every block ran once, those after the failure too");

        kernel.Set(0, [0f]);
        Assert.That(kernel.Run()[0], Is.EqualTo(new float[] { 1 }));
    }

    [Test]
    public void A_single_block_fails_like_many() =>
        Assert.That(
            () => new KernelRun("FailingBlocks").With([-1f], 1).Outputs(1, 2, Library),
            Expect.Refusal("block fails: ünlucky"));

    private static float[] Attributes(params (string Name, object Value)[] attributes) =>
        new KernelRun("Attributes", attributes).With([0f], 1).Outputs(1, 1, Library)[0];

    private sealed unsafe class Describing : Kernel
    {
        public override void Compute(in KernelContext context)
        {
            KernelTensor input = context.Input(0);
            float* seen = context.Output(0, 3).Floats;
            (seen[0], seen[1], seen[2]) = (input.Shape.Length, input.Length, input.ToString().Length);
        }
    }

    private sealed unsafe class SummingInts : Kernel
    {
        public override void Compute(in KernelContext context)
        {
            KernelTensor input = context.Input(0);
            long sum = 0;
            for (long i = 0; i < input.Length; i++)
            {
                sum += input.Int64s[i];
            }

            *context.Output(0, 1).Floats = sum;
        }
    }

    private sealed unsafe class Repeating(KernelAttributes attributes) : Kernel
    {
        private readonly float _number = attributes.Float("number");
        private readonly long _count = attributes.Int("count");
        private readonly string _text = attributes.Text("text");

        public override void Compute(in KernelContext context)
        {
            float* seen = context.Output(0, 4).Floats;
            (seen[0], seen[1], seen[2]) = (_number, _count, _text.Length);
            seen[3] = _text.Length > 2 ? _text[2] : 0;
        }
    }

    // The input says how many blocks of 64 fail; less than none: one block, which fails.
    private sealed unsafe class Failing : Kernel
    {
        public override void Compute(in KernelContext context)
        {
            float failures = *context.Input(0).Floats;
            context.ParallelFor(failures < 0 ? 1 : Counts.Length, new Blocks { Failures = Math.Abs(failures) });
            *context.Output(0, 1).Floats = 1;
        }

        private struct Blocks : IBlocks
        {
            public float Failures;

            public readonly void Run(int block)
            {
                Interlocked.Increment(ref Counts[block]);
                if (block < Failures)
                {
                    throw new InvalidOperationException("block fails: ünlucky");
                }
            }
        }
    }
}
