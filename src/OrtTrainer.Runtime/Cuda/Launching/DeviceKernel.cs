using System.Reflection;

namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>
/// A function that many threads of a device run at once: a static C# method without result, whose parameters are of
/// the types that a <see cref="KernelArgument"/> can have. It finds its place by ILGPU's <c>Grid.IdxX</c>,
/// <c>Grid.IdxY</c> and <c>Group.IdxX</c>, takes the size of its group and of a warp from <c>Group.DimX</c> and
/// <c>Warp.WarpSize</c>, and may use shared memory, barriers and shuffles where all threads of the group, or of the
/// warp, come by. Make one per method and keep it: compiled code is cached by the object.
/// </summary>
internal sealed class DeviceKernel
{
    /// <param name="method">The method; it keeps no object.</param>
    /// <exception cref="ArgumentException">It has an object, a result, or parameters of other types.</exception>
    public DeviceKernel(Delegate method)
    {
        Method = method.Method;
        Name = $"{Method.DeclaringType!.Name}.{Method.Name}";
        Parameters = [.. Method.GetParameters().Select(parameter => parameter.ParameterType)];
        if (!Method.IsStatic || Method.ReturnType != typeof(void))
        {
            throw new ArgumentException($"{Name} cannot run on a device; expected a static method without result.");
        }

        if (Parameters.FirstOrDefault(type => !KernelArgument.Types.Contains(type)) is { } other)
        {
            throw new ArgumentException(
                $"{Name} has a parameter of type {other.Name}; expected views of numbers, and numbers.");
        }
    }

    /// <summary>The class and method, for messages.</summary>
    public string Name { get; }

    public MethodInfo Method { get; }

    /// <summary>The types of its parameters, in their order.</summary>
    public IReadOnlyList<Type> Parameters { get; }

    public override string ToString() => Name;

    /// <exception cref="ArgumentException">The arguments are not those of the method's parameters.</exception>
    public void Check(ReadOnlySpan<KernelArgument> arguments)
    {
        if (arguments.Length != Parameters.Count)
        {
            throw new ArgumentException(
                $"{Name} was given {arguments.Length} arguments; expected {Parameters.Count}.");
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Type != Parameters[i])
            {
                throw new ArgumentException(
                    $"{Name} was given {arguments[i].Type.Name} as argument {i}; expected {Parameters[i].Name}.");
            }
        }
    }
}
