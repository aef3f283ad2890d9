using OrtTrainer.Runtime.Cuda.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Tests.Runtime.Cuda.Launching;

namespace OrtTrainer.Tests.Runtime.Cuda.Kernels;

/// <summary>Every kernel as it is compiled for every target.</summary>
public sealed class DevicePtxTests
{
    private static IEnumerable<string> Names => DeviceKernels.All.Select(kernel => kernel.Name);

    [TestCaseSource(nameof(Names))]
    public void A_kernel_compiles_to_code_of_its_own(string name)
    {
        DeviceKernel kernel = DeviceKernels.All.Single(k => k.Name == name);
        foreach (PtxTarget target in PtxTarget.All)
        {
            Ptx ptx = PtxCompiler.Compile(kernel, target);

            Assert.Multiple(() =>
            {
                Assert.That(ptx.Text, Does.Contain($".visible .entry {ptx.Entry}("));
                Assert.That(ptx.Text, Does.Contain($".maxntid {GroupShape.MostThreads}, 1, 1"));
                Assert.That(ptx.Text, Does.Not.Contain(".extern"), "calls that nothing answers");
                Assert.That(ptx.Text, Does.Not.Contain(".local"), "memory in place of registers");
                Assert.That(ptx.Text, Does.Not.Contain(".f64"), "arithmetic in float64, which devices lack units for");
                Assert.That(
                    PtxText.ParameterBytes(ptx.Text), Is.EqualTo(kernel.Parameters.Select(type =>
                        type.IsGenericType || type == typeof(DeviceMask) ? 16 : type == typeof(long) ? 8 : 4)));
                Assert.That(PtxText.SharedBytes(ptx.Text), Is.LessThanOrEqualTo(48 * 1024));
            });
        }
    }

    [TestCase("DeviceLayerNorm.Normalize", "shfl.sync.bfly.b32", "sqrt.rn.f32")]
    [TestCase("DeviceGelu.ErfGradient", "ex2.approx.f32")]
    [TestCase("DeviceDropout.Multiply", "shr.u32", "mul.lo.s32", "setp.hs.u32")]
    public void It_has_the_instructions_that_make_it_fast(string name, params string[] instructions)
    {
        string text = PtxCompiler.Compile(DeviceKernels.All.Single(k => k.Name == name), PtxTarget.All[^1]).Text;

        Assert.Multiple(() =>
        {
            foreach (string instruction in instructions)
            {
                Assert.That(text, Does.Contain(instruction));
            }
        });
    }
}
