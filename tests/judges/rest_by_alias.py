"""A gRPC client made by protoc of service.proto, and the document openapi.json, of a REST service behind an alias.

usage: rest_by_alias.py FOLDER TARGET KEY USER ISSUE
FOLDER holds service.proto, openapi.json, and for each method NAME: NAME.request.wire, NAME.request.json and NAME.response.json (as
the HTTP face takes and gives them). Each method is called; the answer is written to NAME.response.wire.
"""
import glob, json, os, subprocess, sys
import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from jsonschema import Draft202012Validator

folder, target, key, user, issue = sys.argv[1:]
subprocess.run(['protoc', '--proto_path=' + folder, '--descriptor_set_out=' + folder + '/all.pb', folder + '/service.proto'], check=True)
files = descriptor_pb2.FileDescriptorSet.FromString(open(folder + '/all.pb', 'rb').read())
pool = descriptor_pool.DescriptorPool()
for f in files.file:
    pool.Add(f)
factory = message_factory.MessageFactory(pool)
service = files.file[0].service[0]
channel = grpc.insecure_channel(target)
metadata = [('authorization', 'Bearer ' + key), ('x-road-userid', user), ('x-road-issue', issue)]
for method in service.method:
    asked = factory.GetPrototype(pool.FindMessageTypeByName(method.input_type[1:]))()
    asked.ParseFromString(open(f'{folder}/{method.name}.request.wire', 'rb').read())
    asked.DiscardUnknownFields()
    answered = factory.GetPrototype(pool.FindMessageTypeByName(method.output_type[1:]))
    call = channel.unary_unary(f'/{files.file[0].package}.{service.name}/{method.name}', request_serializer=lambda m: m.SerializeToString(), response_deserializer=answered.FromString)
    answer = call(asked, metadata=metadata, timeout=120)
    answer.DiscardUnknownFields()
    open(f'{folder}/{method.name}.response.wire', 'wb').write(answer.SerializeToString())
    print('PASS', method.name)

document = json.load(open(folder + '/openapi.json', encoding='utf-8'))
assert document['openapi'] == '3.1.0'
for path, item in document['paths'].items():
    post = item['post']
    for content, kind in ((post['requestBody'], 'request'), (post['responses']['200'], 'response')):
        media = content['content']['application/json']
        schema = {'allOf': [media['schema']], 'components': document['components']}
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        validator.validate(media['example'])
        for name in glob.glob(f'{folder}/*.{kind}.json'):
            if json.load(open(name + '.path')) == path:
                text = open(name, encoding='utf-8').read()
                if text:
                    validator.validate(json.loads(text))
    print('PASS', path)
