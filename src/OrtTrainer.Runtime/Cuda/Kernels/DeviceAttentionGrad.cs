using ILGPU;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// <c>PackedAttentionGrad</c> and <c>PackedSharedAttentionGrad</c> on a device, as
/// <see cref="PackedAttentionGradKernel{TTile}"/> defines them: delta by a warp to a row, then the gradients of queries
/// by tiles of queries, then those of keys and values by tiles of keys. Scores are made twice, so that each gradient
/// is summed by one group, in one order.
/// </summary>
internal sealed class DeviceAttentionGrad(IOperatorDevice device, AttentionOnDevice attention) : DeviceOperator(device)
{
    private static readonly DeviceKernel Deltas = new(Delta);

    public static IReadOnlyList<DeviceKernel> Kernels =>
        [Deltas, .. AttentionQueryGradient.Kernels, .. AttentionKeyGradient.Kernels];

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
        AttentionOnDevice.Backward.Select(form => On(
            form.Cpu, device,
            attributes => new DeviceAttentionGrad(device, new AttentionOnDevice(form.Cpu, attributes, form.Form))));

    /// <summary>delta [T, heads] = Σ dy · y over the columns of a head.</summary>
    public static void Delta(ArrayView<float> dy, ArrayView<float> y, ArrayView<float> delta, int width)
    {
        int row = DeviceThread.Row;
        if (row >= delta.Length)
        {
            return;
        }

        long start = (long)row * width;
        float sum = 0;
        for (int i = DeviceThread.Lane; i < width; i += Warp.WarpSize)
        {
            sum += dy[start + i] * y[start + i];
        }

        sum = DeviceThread.WarpSum(sum);
        if (DeviceThread.Lane == 0)
        {
            delta[row] = sum;
        }
    }

    protected override void Compute(in DeviceRun run)
    {
        PackedTensor qkv = attention.Read(run.Input(1), run.Input(4));
        Shapes.Require(attention.Cpu, "dy", run.Input(0), qkv.Tokens, qkv.Columns);
        Shapes.Require(attention.Cpu, "y", run.Input(2), qkv.Tokens, qkv.Columns);
        Shapes.Require(attention.Cpu, "lse", run.Input(3), qkv.Tokens, attention.Heads);
        KernelArgument dqkv = run.OutputFloats(0, run.Input(1).Shape);

        long rows = (long)qkv.Tokens * attention.Heads;
        using DeviceScratch scratch = run.Scratch(rows * sizeof(float));
        KernelArgument delta = scratch.Floats(0, rows);
        run.Launch(Deltas, run.Group.GroupsOfWarps(rows), run.Floats(0), run.Floats(2), delta, qkv.Width);
        AttentionQueryGradient.Launch(run, attention, qkv, delta, dqkv);
        AttentionKeyGradient.Launch(run, attention, qkv, delta, dqkv);
    }
}
