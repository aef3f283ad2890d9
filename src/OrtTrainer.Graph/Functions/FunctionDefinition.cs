namespace OrtTrainer.Graph.Functions;

/// <summary>
/// An ONNX function of the domain <see cref="Domain"/>: what a fused operator means, in standard operators. ORT inlines
/// it wherever no kernel of the same name is registered, and it is the kernel's test oracle.
/// </summary>
/// <param name="Name">The operator's name.</param>
/// <param name="Inputs">Names of the inputs, as the body uses them.</param>
/// <param name="Outputs">Names of the outputs, as the body assigns them.</param>
/// <param name="Attributes">Name and type of each attribute; the body refers to one as <c>@name</c>.</param>
/// <param name="Body">Statements in the notation of <see cref="FunctionParser"/>.</param>
public sealed record FunctionDefinition(
    string Name,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, FunctionAttributeType> Attributes,
    string Body)
{
    /// <summary>The domain of fused operators and of the functions their bodies call.</summary>
    public const string Domain = "ai.orttrainer";

    /// <summary>The version of <see cref="Domain"/> that files import.</summary>
    public const long DomainVersion = 1;

    /// <summary>The version of ONNX's operators the bodies are written in (BitwiseXor is new in it).</summary>
    public const long BodyOpset = 18;

    /// <summary>
    /// A definition from a signature such as <c>Dropout(x, key; float p, int site) => y</c> and a body.
    /// </summary>
    /// <exception cref="GraphException">The signature cannot be read.</exception>
    public static FunctionDefinition Parse(string signature, string body) =>
        FunctionParser.ParseSignature(signature, body);
}
