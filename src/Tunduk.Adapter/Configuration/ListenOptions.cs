namespace Tunduk.Adapter.Configuration;

/// <summary>The listeners (ARCHITECTURE "Listeners and addresses").</summary>
public sealed class ListenOptions
{
    /// <summary>For the own information system. Default <c>http://127.0.0.1:8080</c>.</summary>
    public ListenerOptions Is { get; set; } = new() { Address = "http://127.0.0.1:8080" };

    /// <summary>The same and the archive by gRPC (HTTP/2 alone). Default <c>http://127.0.0.1:8081</c>; empty switches it off.</summary>
    public ListenerOptions Grpc { get; set; } = new() { Address = "http://127.0.0.1:8081" };

    /// <summary>For the security server. Default <c>http://127.0.0.1:8090</c>.</summary>
    public ListenerOptions SecurityServer { get; set; } = new() { Address = "http://127.0.0.1:8090" };

    /// <summary>For operations and auditors. Default <c>http://127.0.0.1:8070</c>.</summary>
    public ListenerOptions Admin { get; set; } = new() { Address = "http://127.0.0.1:8070" };

    /// <summary>
    /// Lets any process that reaches <c>Listen:Is</c> or <c>Listen:Grpc</c> act as the information system. Default false; shown by the start
    /// log and <c>/health/ready</c> while it is on.
    /// </summary>
    public bool AllowIsUnauthenticated { get; set; }

    /// <summary>
    /// Lets any process that reaches <c>Listen:SecurityServer</c> act as the security server. Default false; shown by
    /// the start log and <c>/health/ready</c> while it is on.
    /// </summary>
    public bool AllowSecurityServerUnauthenticated { get; set; }

    /// <summary>
    /// HTTP status of a SOAP fault on the drop-in face: 200 as security servers answer, or 500 as SOAP 1.1 asks for. Default 200.
    /// </summary>
    public int SoapFaultStatus { get; set; } = 200;
}
