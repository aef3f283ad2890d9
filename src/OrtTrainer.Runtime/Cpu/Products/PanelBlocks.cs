using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>The panels of a weight [outputs, inputs], a block each.</summary>
internal unsafe struct PanelBlocks<TTile> : IBlocks
    where TTile : struct, ITile
{
    private float* _weight;
    private int _outputs;
    private int _inputs;
    private bool _transposed;
    private byte* _panels;

    /// <summary>Those of Wᵀ, whose columns are the outputs: the right factor of x · Wᵀ.</summary>
    public static byte* OfOutputs(in KernelContext context, float* weight, int outputs, int inputs) =>
        Make(context, weight, outputs, inputs, transposed: true);

    /// <summary>Those of W, whose columns are the inputs: the right factor of dy · W.</summary>
    public static byte* OfInputs(in KernelContext context, float* weight, int outputs, int inputs) =>
        Make(context, weight, outputs, inputs, transposed: false);

    public readonly void Run(int block)
    {
        int column = block * Panels.Columns;
        int depth = _transposed ? _inputs : _outputs;
        int steps = (depth + TTile.ElementsPerStep - 1) / TTile.ElementsPerStep;
        byte* panel = _panels + ((long)block * steps * Panels.StepBytes);
        if (_transposed)
        {
            TTile.PackColumns(
                _weight + ((long)column * _inputs), _inputs, Math.Min(Panels.Columns, _outputs - column), depth, panel);
        }
        else
        {
            TTile.PackRows(_weight + column, _inputs, depth, Math.Min(Panels.Columns, _inputs - column), panel);
        }
    }

    private static byte* Make(in KernelContext context, float* weight, int outputs, int inputs, bool transposed)
    {
        (int columns, int depth) = transposed ? (outputs, inputs) : (inputs, outputs);
        int steps = (depth + TTile.ElementsPerStep - 1) / TTile.ElementsPerStep;
        byte* panels = (byte*)Scratch.ForCall(Panels.Bytes(columns, steps) / sizeof(float));
        context.ParallelFor(Panels.Count(columns), new PanelBlocks<TTile>
        {
            _weight = weight,
            _outputs = outputs,
            _inputs = inputs,
            _transposed = transposed,
            _panels = panels,
        });
        return panels;
    }
}
