/* sextant_runtime.h beside a program's own dlpack.h: it uses the types that
   are there, and they have the layout it would have declared. */
#define DLPACK_DLPACK_H_
#include <stdint.h>

typedef enum { kDLCPU = 1, kDLCUDA = 2, kDLROCM = 10 } DLDeviceType;
typedef struct DLDevice {
  DLDeviceType device_type;
  int32_t device_id;
} DLDevice;
typedef enum { kDLInt = 0, kDLUInt = 1, kDLFloat = 2 } DLDataTypeCode;
typedef struct {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
} DLDataType;
typedef struct {
  void *data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape;
  int64_t *strides;
  uint64_t byte_offset;
} DLTensor;

#include "sextant_runtime.h"

int sextantHeaderBesideDlpack(void);

int sextantHeaderBesideDlpack(void) {
  const DLTensor tensor = {0};
  return tensor.device.device_type == kDLROCM || sizeof(tensor) != 48;
}
