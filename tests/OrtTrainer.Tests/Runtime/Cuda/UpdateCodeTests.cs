using System.Reflection;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Cuda.Updates;

namespace OrtTrainer.Tests.Runtime.Cuda;

/// <summary>The kernels of updates as code for devices.</summary>
public sealed class UpdateCodeTests
{
    private static IEnumerable<DeviceKernel> Kernels() =>
        from type in typeof(KernelUpdates).Assembly.GetTypes()
        where type.Namespace == typeof(KernelUpdates).Namespace
        from field in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic)
        where field.FieldType == typeof(DeviceKernel)
        select (DeviceKernel)field.GetValue(null)!;

    private static IEnumerable<string> Names() => Kernels().Select(kernel => kernel.Name);

    [Test]
    public void There_are_kernels() => Assert.That(Kernels().Count(), Is.GreaterThanOrEqualTo(17));

    [TestCaseSource(nameof(Names))]
    public void Every_update_compiles_for_every_generation_of_devices(string name)
    {
        DeviceKernel kernel = Kernels().Single(one => one.Name == name);
        foreach (PtxTarget target in PtxTarget.All)
        {
            Ptx ptx = PtxCompiler.Compile(kernel, target);
            Assert.That(ptx.Text, Does.Contain($".entry {ptx.Entry}"));
        }
    }
}
