namespace Tunduk.XRoad.Contracts;

/// <summary>How a REST operation is called.</summary>
/// <param name="Method">The HTTP method, upper case.</param>
/// <param name="Path">The path template, for example <c>/persons/{pin}</c>.</param>
public sealed record RestBinding(string Method, string Path)
{
    /// <summary>Its parameters of path, query and header.</summary>
    public IReadOnlyList<RestParameter> Parameters { get; init; } = [];

    /// <summary>The media type of a JSON body; null where the operation takes none.</summary>
    public string? BodyType { get; init; }

    /// <summary>
    /// Why the operation can be asked as plain HTTP only (<c>/r1</c>) and not as one JSON document: a required body, an answer or a
    /// required parameter has another form. Null: it can be asked both ways.
    /// </summary>
    public string? OnlyAsHttp { get; init; }

    /// <summary>No successful answer has a body: in JSON it is <c>{}</c>.</summary>
    public bool AnswersNothing { get; init; }

    /// <summary>The answers that the description has.</summary>
    public IReadOnlyList<RestAnswer> Answers { get; init; } = [];

    /// <summary>The described answer that a status is: by the status itself, else by its range, else <c>default</c>; null where there is none.</summary>
    /// <param name="status">The HTTP status.</param>
    public RestAnswer? AnswerOf(int status) => Answer($"{status}") ?? Answer($"{status / 100}XX") ?? Answer("default");

    /// <summary>By what the network sees of it.</summary>
    public bool Equals(RestBinding? other) => other is not null && Method == other.Method && Path == other.Path;

    public override int GetHashCode() => HashCode.Combine(Method, Path);

    private RestAnswer? Answer(string status) => Answers.FirstOrDefault(answer => answer.Status.Equals(status, StringComparison.OrdinalIgnoreCase));
}
