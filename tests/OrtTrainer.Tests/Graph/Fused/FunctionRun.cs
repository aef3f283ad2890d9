using Google.Protobuf;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Graph.Operators;
using OrtTrainer.Runtime;
using Onnx = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Graph.Fused;

/// <summary>Runs one function of the domain on ONNX Runtime by its body, without kernels.</summary>
internal static class FunctionRun
{
    public static Tensor Floats(float[] data, params long[] sizes) => new(data, [], sizes);

    public static Tensor Integers(long[] data, params long[] sizes) => new([], data, sizes);

    /// <summary>Numbers that the function takes in bfloat16.</summary>
    public static Tensor Rounded(float[] data, params long[] sizes) => new(data, [], sizes) { IsBFloat16 = true };

    /// <summary>
    /// All float outputs; integers come as two outputs, bits 16 to 31 and bits 0 to 15, and bfloat16 as float32.
    /// </summary>
    public static float[][] Outputs(string function, AttributeList attributes, Onnx output, params Tensor[] inputs)
    {
        FunctionDefinition definition = FunctionLibrary.All.Single(f => f.Name == function);
        GraphProto graph = new() { Name = "run" };
        NodeProto call = new() { OpType = function, Domain = FunctionDefinition.Domain };
        call.Attribute.AddRange(attributes.All);
        for (int i = 0; i < inputs.Length; i++)
        {
            call.Input.Add(inputs[i].IsBFloat16 ? Cast(graph, $"in{i}", Onnx.BFloat16) : $"in{i}");
            graph.Input.Add(Describe($"in{i}", inputs[i].Data.Length > 0 ? Onnx.Float : Onnx.Int64, inputs[i].Sizes));
        }

        call.Output.AddRange(definition.Outputs.Select((_, i) => $"out{i}"));
        graph.Node.Add(call);
        List<string> results = [.. call.Output];
        if (output == Onnx.BFloat16)
        {
            results = [.. results.Select(name => Cast(graph, name, Onnx.Float))];
        }

        if (output == Onnx.Int64)
        {
            results = [Half(graph, "Div", 65536), Half(graph, "BitwiseAnd", 65535)];
        }

        graph.Output.AddRange(results.Select(name => Describe(name, Onnx.Float, null)));
        return Run(graph, function, inputs, results);
    }

    private static float[][] Run(GraphProto graph, string function, Tensor[] inputs, List<string> results)
    {
        ModelProto model = new() { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = FunctionDefinition.BodyOpset });
        model.OpsetImport.Add(
            new OperatorSetIdProto { Domain = FunctionDefinition.Domain, Version = FunctionDefinition.DomainVersion });
        model.Functions.AddRange(FunctionLibrary.Closure([function]));
        using GraphSession session = GraphSession.FromBytes(
            model.ToByteArray(), new ExecutionOptions { UseKernels = false, IntraOpThreads = 1 }, function);
        using Binding binding = session.CreateBinding();
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Data.Length > 0)
            {
                binding.SetInput($"in{i}", inputs[i].Data, inputs[i].Sizes);
            }
            else
            {
                binding.SetInput($"in{i}", inputs[i].Whole, inputs[i].Sizes);
            }
        }

        results.ForEach(binding.BindOutput);
        binding.Run();
        return [.. results.Select(name => binding.Output(name).ToArray())];
    }

    /// <summary>
    /// Adds nodes that take a half of out0's low 32 bits and make floats of it, which hold 16 bits exactly.
    /// </summary>
    private static string Half(GraphProto graph, string op, long operand)
    {
        graph.Initializer.Add(TensorContent.Int64(op + "Operand", [], [operand]));
        graph.Node.Add(new NodeProto { OpType = op, Input = { "out0", op + "Operand" }, Output = { op + "Half" } });
        return Cast(graph, op + "Half", Onnx.Float);
    }

    private static string Cast(GraphProto graph, string name, Onnx type)
    {
        NodeProto cast = new() { OpType = "Cast", Input = { name }, Output = { name + type } };
        cast.Attribute.AddRange(AttributeList.Empty.With("to", (long)type).All);
        graph.Node.Add(cast);
        return name + type;
    }

    private static ValueInfoProto Describe(string name, Onnx type, long[]? sizes)
    {
        TypeProto.Types.Tensor tensor = new() { ElemType = (int)type };
        if (sizes is not null)
        {
            tensor.Shape = new TensorShapeProto();
            tensor.Shape.Dim.AddRange(sizes.Select(s => new TensorShapeProto.Types.Dimension { DimValue = s }));
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    /// <summary>An input: floats in Data, or integers in Whole.</summary>
    internal sealed record Tensor(float[] Data, long[] Whole, long[] Sizes)
    {
        /// <summary>Whether the function takes it in bfloat16.</summary>
        public bool IsBFloat16 { get; init; }
    }
}
