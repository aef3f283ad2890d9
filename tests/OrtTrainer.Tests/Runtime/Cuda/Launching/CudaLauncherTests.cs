using System.Text;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Tests.Runtime.Cuda.Launching;

public sealed class CudaLauncherTests
{
    [Test]
    public void Arguments_lie_as_compiled_code_reads_them()
    {
        RecordingModules modules = new((8, 6));

        new CudaLauncher(new CudaFunctions(modules), stream: 77).Launch(
            TestKernels.Mixed, new GridSize(5, 2), KernelArgument.Floats(0x7000, 12), -3,
            KernelArgument.Int64s(0x8000, 13), 0.25f, KernelArgument.Int32s(0x9000, 14), 7u, 1L << 33,
            KernelArgument.Floats(0xA000, 15));

        Assert.Multiple(() =>
        {
            Assert.That(modules.Launched, Is.EqualTo(new[] { "Kernel_Mix (5, 2) x 128 on 77" }));
            Assert.That(modules.Parameters, Is.EqualTo(new (int Bytes, long First, long Second)[]
            {
                (16, 0x7000, 12), (4, -3, 0), (16, 0x8000, 13), (4, BitConverter.SingleToInt32Bits(0.25f), 0),
                (16, 0x9000, 14), (4, 7, 0), (8, 1L << 33, 0), (16, 0xA000, 15),
            }));
        });
    }

    [Test]
    public void A_kernel_is_loaded_once_for_the_newest_target_of_the_device()
    {
        RecordingModules modules = new((8, 6));
        CudaFunctions functions = new(modules);

        for (int i = 0; i < 3; i++)
        {
            new CudaLauncher(functions, i).Launch(
                TestKernels.Summed, 1, KernelArgument.Floats(0, 1), KernelArgument.Floats(0, 1));
        }

        Assert.Multiple(() =>
        {
            Assert.That(modules.Launched, Has.Count.EqualTo(3));
            Assert.That(modules.Loaded, Has.Count.EqualTo(1));
            Assert.That(modules.Loaded[0], Does.Contain(".target sm_80").And.EndsWith("\0"));
        });
    }

    [Test]
    public void An_empty_grid_launches_nothing()
    {
        RecordingModules modules = new((9, 0));

        new CudaLauncher(new CudaFunctions(modules), 0).Launch(
            TestKernels.Summed, 0, KernelArgument.Floats(0, 0), KernelArgument.Floats(0, 0));

        Assert.That(modules.Launched, Is.Empty);
    }

    [Test]
    public void A_device_older_than_all_targets_is_refused() =>
        Assert.That(
            () => new CudaFunctions(new RecordingModules((7, 0))),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("capability 7.0; expected 7.5 or more"));

    /// <summary>A driver that notes what it is told, and reads parameters by the sizes that the PTX declares.</summary>
    private sealed unsafe class RecordingModules((int Major, int Minor) capability) : ICudaModules
    {
        private readonly List<string> _entries = [];

        public (int Major, int Minor) Capability => capability;

        public List<string> Loaded { get; } = [];

        public List<string> Launched { get; } = [];

        public List<(int Bytes, long First, long Second)> Parameters { get; } = [];

        public nint LoadModule(ReadOnlySpan<byte> ptx)
        {
            Loaded.Add(Encoding.ASCII.GetString(ptx));
            return Loaded.Count;
        }

        public nint GetFunction(nint module, string name)
        {
            Assert.That(Loaded[(int)module - 1], Does.Contain($".visible .entry {name}("));
            _entries.Add(name);
            return _entries.Count;
        }

        public void Launch(nint function, GridSize grid, int threads, nint stream, void** parameters)
        {
            Launched.Add($"{_entries[(int)function - 1]} ({grid.X}, {grid.Y}) x {threads} on {stream}");
            foreach (int bytes in PtxText.ParameterBytes(Loaded[(int)function - 1]))
            {
                byte* at = (byte*)*parameters++;
                Parameters.Add((bytes, bytes == 4 ? *(int*)at : *(long*)at, bytes == 16 ? ((long*)at)[1] : 0));
            }
        }
    }
}
