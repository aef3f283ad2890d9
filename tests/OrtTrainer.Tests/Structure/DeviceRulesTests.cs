using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Structure;

/// <summary>
/// What makes a device one folder of the runtime: nothing above it knows where weights lie or how they are changed.
/// </summary>
public sealed partial class DeviceRulesTests
{
    private static readonly string[] Above = ["OrtTrainer", "OrtTrainer.Studies", "OrtTrainer.Cli"];

    [Test]
    public void Nothing_above_the_runtime_names_a_device_or_computes_with_vectors_and_native_memory() =>
        Assert.That(Sources(Above).Where(source => OfADevice().IsMatch(source.Text)).Select(source => source.Path),
            Is.Empty);

    [Test]
    public void A_buffer_gives_no_view_of_its_memory_away()
    {
        IEnumerable<Type> returned = typeof(WeightBuffer)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
            .Select(method => method.ReturnType);

        Assert.That(returned.Where(type => type.IsByRefLike || type.IsPointer || type.IsByRef), Is.Empty);
    }

    [Test]
    public void The_internals_of_the_runtime_are_open_to_tests_and_to_calls_of_kernels_alone() =>
        Assert.That(
            typeof(WeightBuffer).Assembly.GetCustomAttributes<InternalsVisibleToAttribute>()
                .Select(attribute => attribute.AssemblyName),
            Is.EquivalentTo(new[] { "ILGPURuntime", "OrtTrainer.Tests" }));

    private static IEnumerable<(string Path, string Text)> Sources(params string[] projects) =>
        from project in projects
        from file in Directory.EnumerateFiles(
            Path.Combine(SharedFiles.RepositoryRoot, "src", project), "*.cs", SearchOption.AllDirectories)
        let path = file.Replace('\\', '/')
        where !path.Contains("/obj/") && !path.Contains("/bin/")
        select (path, Comments().Replace(File.ReadAllText(file), ""));

    [GeneratedRegex(@"\bVector(128|256|512)\b|\bNativeMemory\b|\bfixed \(|\bRuntime\.Cpu\b|""cpu""")]
    private static partial Regex OfADevice();

    [GeneratedRegex("//.*")]
    private static partial Regex Comments();
}
