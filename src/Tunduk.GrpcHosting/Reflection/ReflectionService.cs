using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Reflection.V1;
using Tunduk.GrpcHosting.Server;

namespace Tunduk.GrpcHosting.Reflection;

/// <summary>grpc.reflection.v1.ServerReflection. What the caller may not see does not exist for it.</summary>
internal sealed class ReflectionService(GrpcServer server, ReflectionRules rules) : IGrpcService<ReflectionService>
{
    public static ServiceDescriptor Descriptor => Grpc.Reflection.V1.ReflectionReflection.Descriptor.Services[0];

    public static void Bind(GrpcServiceBinder<ReflectionService> binder) => binder
        .DuplexStreaming<ServerReflectionRequest, ServerReflectionResponse>("ServerReflectionInfo", static (service, requests, responses, context) =>
            service.AnswerAllAsync(requests, responses, context));

    private async Task AnswerAllAsync(
        IAsyncStreamReader<ServerReflectionRequest> requests, IServerStreamWriter<ServerReflectionResponse> responses, ServerCallContext context)
    {
        VisibleDescriptors visible = new(server.Services, method => rules.Permits(context.GetHttpContext(), method));
        await foreach (ServerReflectionRequest request in requests.ReadAllAsync(context.CancellationToken))
        {
            ServerReflectionResponse response = Answer(visible, request);
            response.ValidHost = request.Host;
            response.OriginalRequest = request;
            await responses.WriteAsync(response, context.CancellationToken);
        }
    }

    private static ServerReflectionResponse Answer(VisibleDescriptors visible, ServerReflectionRequest request) => request.MessageRequestCase switch
    {
        ServerReflectionRequest.MessageRequestOneofCase.ListServices => new ServerReflectionResponse
        {
            ListServicesResponse = new ListServiceResponse { Service = { visible.Services.Select(name => new ServiceResponse { Name = name }) } },
        },
        ServerReflectionRequest.MessageRequestOneofCase.FileByFilename => File(visible, visible.FindFile(request.FileByFilename)),
        ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol => File(visible, visible.FindDeclaring(request.FileContainingSymbol)),
        ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension => File(visible, visible
            .ExtensionsOf(request.FileContainingExtension.ContainingType)
            .FirstOrDefault(x => x.FieldNumber == request.FileContainingExtension.ExtensionNumber)?.File),
        ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType => Numbers(visible, request.AllExtensionNumbersOfType),
        _ => Error(StatusCode.InvalidArgument, "No question is set."),
    };

    private static ServerReflectionResponse File(VisibleDescriptors visible, FileDescriptor? file) => file is null
        ? Error(StatusCode.NotFound, "Nothing of this name is shown here.")
        : new ServerReflectionResponse { FileDescriptorResponse = new FileDescriptorResponse { FileDescriptorProto = { visible.Serialize(file) } } };

    private static ServerReflectionResponse Numbers(VisibleDescriptors visible, string type) => visible.HasMessage(type)
        ? new ServerReflectionResponse
        {
            AllExtensionNumbersResponse = new ExtensionNumberResponse
            {
                BaseTypeName = type,
                ExtensionNumber = { visible.ExtensionsOf(type).Select(x => x.FieldNumber) },
            },
        }
        : Error(StatusCode.NotFound, "Nothing of this name is shown here.");

    private static ServerReflectionResponse Error(StatusCode code, string message) =>
        new() { ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message } };
}
