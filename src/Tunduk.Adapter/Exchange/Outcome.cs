using System.Diagnostics.CodeAnalysis;

namespace Tunduk.Adapter.Exchange;

/// <summary>A value, or the error that stands in its place.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly struct Outcome<T>
{
    private Outcome(T? value, ExchangeError? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>The value; default when <see cref="Error"/> is set.</summary>
    public T? Value { get; }

    /// <summary>The refusal; null on success.</summary>
    public ExchangeError? Error { get; }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(ExchangeError error) => new(default, error);

    /// <summary>True with the value; false with the error.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out ExchangeError? error)
    {
        value = Value;
        error = Error;
        return error is null;
    }
}
