	.globl start_value
	.section .rodata
start_value:
	.long 5
	.section .note.GNU-stack,"",@progbits
