using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>What holds for every kernel, whatever it computes.</summary>
public sealed class EveryKernelTests
{
    private static readonly (int Rows, int Heads, int Width)[] OddSizes =
        [(0, 2, 8), (1, 1, 1), (3, 3, 5), (15, 1, 15), (16, 2, 8), (17, 1, 17), (33, 1, 31), (70, 3, 11), (130, 1, 33)];

    private static IEnumerable<string> Kernels => KernelLibrary.Default.Definitions.Select(d => d.Name);

    [Test]
    public void The_cases_cover_the_library() => Assert.That(Kernels, Is.SubsetOf(KernelCase.Outputs.Keys));

    [TestCaseSource(nameof(Kernels))]
    public void One_two_and_three_threads_give_the_same_bits(string op)
    {
        // 1000 rows of 50 columns: several blocks of every kind, and no whole number of any.
        KernelRun run = new KernelCase(1000, 5, 10, 0.1f).Run(op);
        float[][] one = run.Outputs(KernelCase.Outputs[op], 1);

        foreach (int threads in new[] { 2, 3 })
        {
            float[][] actual = run.Outputs(KernelCase.Outputs[op], threads);
            Assert.That(actual.Zip(one).All(pair => SameBits(pair.First, pair.Second)), $"{threads} threads");
        }
    }

    [TestCaseSource(nameof(Kernels))]
    public void Nothing_outside_the_tensors_is_read_or_written(string op)
    {
        foreach ((int rows, int heads, int width) in OddSizes)
        {
            KernelCase size = new(rows, heads, width, 0.3f);
            KernelRun run = size.Run(op);
            long[][] shapes = size.OutputShapes(op);
            float[][] expected = run.Outputs(shapes.Length);

            using OpenKernel kernel = run.Open(shapes.Length);
            using WeightBuffer buffer = Fenced(run, shapes, out List<int> inputs, out List<int> outputs);
            for (int i = 0; i < run.Inputs.Count; i++)
            {
                if (run.Inputs[i].Floats is { } floats)
                {
                    floats.CopyTo(buffer.Slice(inputs[i], floats.Length));
                    kernel.Binding.BindInput($"i{i}", buffer, inputs[i], run.Inputs[i].Shape);
                }
            }

            for (int i = 0; i < shapes.Length; i++)
            {
                kernel.Binding.BindOutput($"o{i}", buffer, outputs[i], shapes[i]);
            }

            float[] before = buffer.Span.ToArray();
            kernel.Binding.Run();

            for (int i = 0; i < shapes.Length; i++)
            {
                Span<float> actual = buffer.Slice(outputs[i], expected[i].Length);
                Assert.That(SameBits(actual, expected[i]), $"output {i} of {size} depends on what lies around it");
                actual.CopyTo(before.AsSpan(outputs[i]));
            }

            Assert.That(SameBits(buffer.Span, before), $"{size} writes outside its outputs");
        }
    }

    [TestCaseSource(nameof(Kernels))]
    public void A_model_that_lacks_an_input_is_refused_when_it_is_loaded(string op)
    {
        KernelRun whole = new KernelCase(4, 1, 4, 0).Run(op), partial = new(op);
        foreach ((long[] shape, float[]? floats, _) in whole.Inputs.SkipLast(1))
        {
            _ = floats is null ? partial.With(new long[2], shape) : partial.With(floats, shape);
        }

        Assert.That(() => partial.Open(KernelCase.Outputs[op]), Throws.TypeOf<RuntimeFailureException>());
    }

    [TestCaseSource(nameof(Kernels))]
    public void An_input_of_the_other_type_is_refused_when_the_model_is_loaded(string op)
    {
        KernelRun right = new KernelCase(4, 1, 4, 0.1f).Run(op), wrong = new(op, ("p", 0.1f), ("site", 1));
        foreach ((long[] shape, float[]? floats, long[]? int64s) in right.Inputs)
        {
            _ = floats is null
                ? wrong.With(new float[int64s!.Length], shape)
                : wrong.With(new long[floats.Length], shape);
        }

        Assert.That(() => wrong.Open(KernelCase.Outputs[op]), Expect.Refusal("Type Error"));
    }

    // Inputs and outputs one behind the other, each between two cache lines of NaN: what is read there spoils results.
    private static WeightBuffer Fenced(KernelRun run, long[][] shapes, out List<int> inputs, out List<int> outputs)
    {
        const int Fence = 16;
        int end = Fence;
        int Place(int length)
        {
            int at = end;
            end = Lanes.RoundUp(at + length) + Fence;
            return at;
        }

        inputs = [.. run.Inputs.Select(input => Place(input.Floats?.Length ?? 0))];
        outputs = [.. shapes.Select(shape => Place((int)shape.Aggregate(1L, (a, b) => a * b)))];
        WeightBuffer buffer = new(Device.Default, end);
        buffer.Span.Fill(float.NaN);
        return buffer;
    }

    private static bool SameBits(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(a)
            .SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(b));
}
