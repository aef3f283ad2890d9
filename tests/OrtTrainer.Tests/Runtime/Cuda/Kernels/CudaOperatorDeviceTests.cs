using System.Runtime.InteropServices;
using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Native;

namespace OrtTrainer.Tests.Runtime.Cuda.Kernels;

/// <summary>What ONNX Runtime is told of the kernels of a CUDA device; no device is needed for it.</summary>
public sealed unsafe class CudaOperatorDeviceTests
{
    private static readonly IReadOnlyList<KernelDefinition> Definitions =
        DeviceKernels.On(new CudaOperatorDevice(new CudaFunctions(new NoDriver())));

    private static readonly Lazy<KernelLibrary> Library = new(() => new KernelLibrary(Definitions));

    private static readonly KernelLibrary Asking = new(
        [new KernelDefinition("Asks", [ElementType.Float], 1, _ => new AskingKernel())]);

    [Test]
    public void Operators_are_those_of_the_cpu_by_name_types_and_outputs()
    {
        Dictionary<string, KernelDefinition> ofCpu = KernelLibrary.Default.Definitions.ToDictionary(d => d.Name);
        foreach (KernelDefinition definition in Definitions)
        {
            Assert.That(definition.InputTypes, Is.EqualTo(ofCpu[definition.Name].InputTypes), definition.Name);
            Assert.That(definition.OutputTypes, Is.EqualTo(ofCpu[definition.Name].OutputTypes), definition.Name);
        }
    }

    [Test]
    public void Operators_belong_to_the_cuda_provider_and_read_shapes_on_the_host()
    {
        foreach (KernelDefinition definition in Definitions)
        {
            OrtCustomOp* op = CustomOperator.Create(definition);

            Assert.That(
                Marshal.PtrToStringUTF8((nint)op->GetExecutionProviderType(op)), Is.EqualTo("CUDAExecutionProvider"));
            for (int input = 0; input < definition.InputTypes.Count; input++)
            {
                const int HostInput = -2, DeviceInput = 0;
                Assert.That(
                    op->GetInputMemoryType(op, (nuint)input),
                    Is.EqualTo(definition.HostInputs.Contains(input) ? HostInput : DeviceInput));
            }
        }
    }

    [Test]
    public void The_host_reads_the_shape_of_a_table_and_no_key_of_a_step() =>
        Assert.That(
            Definitions.Where(d => d.HostInputs.Count > 0).Select(d => (d.Name, d.HostInputs.Single())),
            Is.EqualTo(new[] { ("GatherGrad", 2) }));

    [Test]
    public void Without_the_provider_an_operator_has_no_body_to_fall_back_to()
    {
        byte[] model = new TestModel().Input("x", ElementType.Float, "N").Output("y", ElementType.Float)
            .Fused("Gelu", ["x"], ["y"]).WithBody("Gelu").Bytes();

        Assert.That(
            () => GraphSession.FromBytes(model, new ExecutionOptions(), Library.Value),
            Expect.Refusal("Could not find an implementation for Gelu(1)"));
    }

    [Test]
    public void Operators_without_a_kernel_run_as_bodies_beside_those_that_have_one()
    {
        byte[] model = new TestModel().Input("x", ElementType.Float, "N", "K").Input("w", ElementType.Float, "M", "K")
            .Input("b", ElementType.Float, "M").Output("y", ElementType.Float)
            .Fused("Linear", ["x", "w", "b"], ["z"]).Fused("Gelu", ["z"], ["g"]).Fused("ColumnSum", ["g"], ["y"])
            .WithBody("Linear").Bytes();

        (float[] onDevice, IReadOnlyList<string> kernels) = Run(model, OnDevice.Library);

        Assert.That(kernels, Is.EqualTo(new[] { "ColumnSum", "Gelu" }));
        Assert.That(onDevice, Is.EqualTo(Run(model, KernelLibrary.Default).Y).Within(1e-5));
    }

    [Test]
    public void A_node_tells_its_stream_and_gives_memory() =>
        Assert.That(
            new KernelRun("Asks").With([1f, 2, 3], 3).Outputs(1, library: Asking)[0], Is.EqualTo(new[] { 2f, 4, 6 }));

    private static (float[] Y, IReadOnlyList<string> Kernels) Run(byte[] model, KernelLibrary library)
    {
        using GraphSession session = GraphSession.FromBytes(model, new ExecutionOptions(), library);
        using Binding binding = session.CreateBinding();
        binding.SetInput("x", Reference.Random(1, 15), [5, 3]);
        binding.SetInput("w", Reference.Random(2, 12), [4, 3]);
        binding.SetInput("b", Reference.Random(3, 4), [4]);
        binding.BindOutput("y");
        binding.Run();
        return (binding.Output("y").ToArray(), session.Kernels);
    }

    /// <summary>y = 2 x by way of memory of the provider.</summary>
    private sealed class AskingKernel : Kernel
    {
        public override void Compute(in KernelContext context)
        {
            KernelTensor x = context.Input(0), y = context.Output(0, x.Shape);
            Assert.That((long)context.ComputeStream, Is.Zero, "the processors have no streams");
            for (int i = 0; i < x.Length; i++)
            {
                var memory = (float*)context.Allocate(1 << 20);
                new Span<float>(memory, 1 << 18).Fill(2 * x.Floats[i]);
                y.Floats[i] = memory[(1 << 18) - 1];
                context.Free((nint)memory);
            }
        }
    }

    private sealed class NoDriver : ICudaModules
    {
        public (int Major, int Minor) Capability => (8, 0);

        public nint LoadModule(ReadOnlySpan<byte> ptx) => throw new NotSupportedException();

        public nint GetFunction(nint module, string name) => throw new NotSupportedException();

        public void Launch(nint function, GridSize grid, int threads, nint stream, void** parameters) =>
            throw new NotSupportedException();
    }
}
