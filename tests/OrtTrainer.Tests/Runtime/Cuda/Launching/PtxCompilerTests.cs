using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Tests.Runtime.Cuda.Launching;

public sealed class PtxCompilerTests
{
    private static readonly string[] Architectures = ["sm_75", "sm_80"];

    [Test]
    public void Every_target_has_its_own_code()
    {
        string[] texts = [.. PtxTarget.All.Select(target => PtxCompiler.Compile(TestKernels.Reversed, target).Text)];

        Assert.Multiple(() =>
        {
            for (int i = 0; i < texts.Length; i++)
            {
                Assert.That(texts[i], Does.Contain($".target {Architectures[i]}" + Environment.NewLine));
                Assert.That(texts[i], Does.Contain(".visible .entry Kernel_Reverse("));
                Assert.That(texts[i], Does.Contain(".maxntid 128, 1, 1"));
                Assert.That(
                    texts[i], Does.Contain("bar.sync").And.Contain("ld.shared.f32").And.Contain("st.shared.f32"));
            }
        });
    }

    [Test]
    public void Shuffles_are_those_of_a_whole_warp() =>
        Assert.That(
            PtxCompiler.Compile(TestKernels.Summed, PtxTarget.All[0]).Text, Does.Contain("shfl.sync.bfly.b32"));

    [Test]
    public void A_kernel_is_compiled_once() =>
        Assert.That(
            PtxCompiler.Compile(TestKernels.Summed, PtxTarget.All[1]),
            Is.SameAs(PtxCompiler.Compile(TestKernels.Summed, PtxTarget.All[1])));

    [TestCase(7, 5, "sm_75")]
    [TestCase(8, 0, "sm_80")]
    [TestCase(8, 9, "sm_80")]
    [TestCase(9, 0, "sm_80")]
    [TestCase(10, 0, "sm_80")]
    [TestCase(12, 0, "sm_80")]
    public void A_device_gets_the_newest_target_that_it_runs(int major, int minor, string expected) =>
        Assert.That(
            PtxCompiler.Compile(TestKernels.Summed, PtxTarget.Of(major, minor)).Text,
            Does.Contain($".target {expected}"));
}
