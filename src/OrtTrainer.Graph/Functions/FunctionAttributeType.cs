namespace OrtTrainer.Graph.Functions;

/// <summary>The type of a function's attribute.</summary>
public enum FunctionAttributeType
{
    Int,
    Float,
}
